-- What ALTER ROLE may have set, and would be in the way of looking.
SET statement_timeout = 0;
SET idle_session_timeout = 0;
SET ROLE NONE;
