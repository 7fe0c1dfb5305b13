"""Everything that infers: language, sentences, targets, speech acts, stories, spikes. No network, no database."""
