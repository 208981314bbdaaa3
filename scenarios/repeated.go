package scenarios

import (
	"maps"
	"slices"

	"github.com/podsim/podsim/models/yamlnode"
)

// Repeated is a scenario that is loaded again and again, each time for a run of its
// own: files of the command line are read once, so that they may be streams.
type Repeated struct {
	in        Input
	files     []*heldFile
	scheduler *heldFile
	known     map[InputFile]bool
}

// Repeat reads what a scenario is made of and loads it once, to tell what is wrong
// with it. The error is nil or yamlnode.Problems with everything wrong, each with its
// position. Files with documents that take the place of others are read each time.
func Repeat(in Input) (*Repeated, *Run, error) {
	r := &Repeated{in: in}
	var problems yamlnode.Problems
	for _, name := range slices.Sorted(maps.Keys(in.Data)) {
		if path := in.Data[name]; isOpenStream(path) {
			problems = append(problems, yamlnode.Problem{File: "--data " + shorten(name+"="+path), What: errStream.Error()})
		}
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	for _, file := range in.Files {
		r.files = append(r.files, hold(file))
	}
	if in.Scheduler != nil {
		r.scheduler = hold(*in.Scheduler)
	}
	first, err := Load(r.input())
	if err != nil {
		return nil, nil, err
	}
	r.known = make(map[InputFile]bool, len(first.Inputs))
	for _, file := range first.Inputs {
		r.known[file] = true
	}
	return r, first, nil
}

// input is the input of one run.
func (r *Repeated) input() Input {
	in := r.in
	in.Set = slices.Clip(in.Set)
	in.Files = make([]File, len(r.files))
	for i, file := range r.files {
		in.Files[i] = file.file()
	}
	if r.scheduler != nil {
		file := r.scheduler.file()
		in.Scheduler = &file
	}
	return in
}

// Load loads one run. It may be called from several goroutines. It refuses files that
// have changed since the first one was loaded.
func (r *Repeated) Load(seed uint64) (*Run, error) {
	in := r.input()
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
