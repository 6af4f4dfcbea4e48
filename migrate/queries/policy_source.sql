SELECT s.checksum, s.profile FROM ONLY hh.policy_source AS s;
