-- One episode by its key, and those folded into it.
select
    episode_id, language, ownership, target, frame, onset, peak, last_alarm,
    state, severity, parent_id, first_source_id, p_value, memory
from episode
where episode_id = $episode_id or parent_id = $episode_id
order by severity desc, p_value nulls last, rate_ratio desc nulls last, episode_id;
