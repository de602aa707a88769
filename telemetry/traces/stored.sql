-- How many rows of a trace there are. Found by the bloom index of trace_id.
SELECT count() AS n FROM spans WHERE trace_id = toFixedString(unhex({trace:String}), 16)
