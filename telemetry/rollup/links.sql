-- Each span with its parent, where no span id is shared by several spans.
INSERT INTO fold_links
SELECT s.*, p.uid AS puid, p.node AS pnode, p.role AS prole, p.instance AS pinstance, p.proxy AS pproxy
FROM fold_spans AS s ANY LEFT JOIN fold_spans AS p ON p.k = s.pk
SETTINGS query_plan_join_swap_table = 'false';
