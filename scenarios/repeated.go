package scenarios

// Repeated is a scenario that is loaded again and again, each time for a run of its
// own: files of the command line are read once, so that they may be streams.
type Repeated struct {
	reused
	known map[InputFile]bool
}

// Repeat reads what a scenario is made of and loads it once, to tell what is wrong
// with it. The error is nil or yamlnode.Problems with everything wrong, each with its
// position.
func Repeat(in Input) (*Repeated, *Run, error) {
	if err := onlyOnce(in.Data).Err(); err != nil {
		return nil, nil, err
	}
	r := &Repeated{reused: holdInput(in)}
	r.base.parsed = &parsedFiles{}
	first, err := Load(r.scenario())
	if err != nil {
		return nil, nil, err
	}
	r.known = make(map[InputFile]bool, len(first.Inputs))
	for _, file := range first.Inputs {
		r.known[file] = true
	}
	return r, first, nil
}

// Load loads one run. It may be called from several goroutines. It refuses files that
// have changed since the first one was loaded.
func (r *Repeated) Load(seed uint64) (*Run, error) {
	in := r.scenario()
	in.Seed = &seed
	run, err := Load(in)
	if err != nil {
		return nil, err
	}
	if err := unchanged(run, r.known, "the first run"); err != nil {
		return nil, err
	}
	return run, nil
}
