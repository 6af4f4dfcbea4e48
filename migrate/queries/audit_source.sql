-- Where the policy's image is from.
SELECT s.origin, s.profile, s.checksum
FROM ONLY hh.policy_source AS s
WHERE s.singleton;
