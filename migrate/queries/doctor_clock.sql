-- Whether the server's clock and the client's ($1, seconds since 1970) differ by more than 5 s.
SELECT 'this machine', pg_catalog.round(difference.seconds) || ' s', NULL
FROM (
    SELECT pg_catalog.abs(
        extract(epoch FROM pg_catalog.clock_timestamp()) - $1::pg_catalog.numeric)
) AS difference (seconds)
WHERE difference.seconds > 5;
