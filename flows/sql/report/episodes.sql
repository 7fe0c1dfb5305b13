-- Episodes with an alarm in the days up to the night, strongest first.
select
    episode_id, language, ownership, target, frame, onset, peak, least(last_alarm, $night::date) as last_alarm,
    state, severity, parent_id, first_source_id, p_value, memory
from episode
where onset <= $night::date and last_alarm >= $since::date
order by severity desc, p_value nulls last, rate_ratio desc nulls last, episode_id;
