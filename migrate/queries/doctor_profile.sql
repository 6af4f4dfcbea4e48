-- Which profile of the policy is recorded.
SELECT s.profile FROM ONLY hh.policy_source AS s;
