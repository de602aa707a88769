-- What is known of clusters, as numbers that grow with it, and the senders of those that lead to their own applications but were not read so.
SELECT sum(http + http1 + internal + external) AS shown, sum(c.inward) AS inward, groupUniqArrayIf(c.sender, c.inward) AS senders FROM clusters_shown AS c FINAL;
