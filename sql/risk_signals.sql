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
    COUNT(member.member) AS member_count
FROM phoneseg.risk_signal AS signal
LEFT JOIN phoneseg.risk_member AS member
    ON
        signal.as_of = member.as_of
        AND signal.window_start = member.window_start
        AND signal.signal_kind = member.signal_kind
        AND signal.subject = member.subject
WHERE signal.as_of > (SELECT MAX(newest.as_of) FROM phoneseg.risk_signal AS newest) - INTERVAL '7' DAY
GROUP BY
    signal.as_of,
    signal.signal_kind,
    signal.subject_kind,
    signal.subject,
    signal.risk_level,
    signal.observed,
    signal.expected,
    signal.reasons
ORDER BY signal.as_of DESC, signal.risk_level ASC, signal.signal_kind ASC, signal.subject ASC;
