-- Names that counted as `other` in buckets since an instant: a row a service and kind of name, most first.
SELECT toString(what) AS what, id, groupUniqArray(toString(signal)) AS signals, max(c.n) AS n, argMax(c.example, c.at) AS example, min(c.at) AS first
FROM crowded AS c WHERE c.at >= {since:DateTime64(9, 'UTC')}
GROUP BY what, id ORDER BY n DESC, what, id;
