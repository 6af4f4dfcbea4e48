-- $1: the file's checksum; $2: the profile; $3: where the policy is from.
INSERT INTO hh.policy_source (checksum, profile, origin, recorded_by)
VALUES ($1, $2, $3, session_user);
