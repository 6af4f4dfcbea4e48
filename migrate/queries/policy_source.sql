-- Which policy is recorded.  ONLY: a child table would be somebody else's.
SELECT s.checksum, s.profile FROM ONLY hh.policy_source AS s;
