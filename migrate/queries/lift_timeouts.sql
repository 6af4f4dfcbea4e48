-- Sent on its own and first: a timeout holds for the message that lifts it.
SET statement_timeout = 0;
SET idle_session_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
