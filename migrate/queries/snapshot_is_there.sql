-- Whether there is a snapshot.  ONLY: a child table would be somebody else's.
SELECT EXISTS (SELECT FROM ONLY hh.snapshot);
