-- How many spans there are to look at.
SELECT count() AS spans FROM spans WHERE bucket BETWEEN {since_bucket:DateTime('UTC')} AND {until_bucket:DateTime('UTC')} AND $AMONG;
