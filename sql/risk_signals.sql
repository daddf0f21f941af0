-- What stood out in the last week, how sure is it, and how many numbers or contacts is it about?
SELECT
    signal.as_of,
    signal.signal_kind,
    signal.subject_kind,
    signal.subject,
    signal.risk_level,
    signal.observed,
    signal.expected,
    signal.reasons,
    (
        SELECT COUNT(*)
        FROM phoneseg.risk_member AS member
        WHERE
            member.as_of = signal.as_of
            AND member.window_start = signal.window_start
            AND member.signal_kind = signal.signal_kind
            AND member.subject = signal.subject
    ) AS member_count
FROM phoneseg.risk_signal AS signal
WHERE signal.as_of > (SELECT MAX(newest.as_of) FROM phoneseg.risk_signal AS newest) - INTERVAL '7' DAY
ORDER BY signal.as_of DESC, signal.risk_level ASC, signal.signal_kind ASC, signal.subject ASC;
