package scenarios

import (
	"errors"
	"maps"
	"slices"

	"github.com/podsim/podsim/models/yamlnode"
)

// reused is an input that is loaded many times: its files are in memory.
type reused struct {
	base      Input // but for its files
	files     []*heldFile
	replacing []*heldFile // of base.Replace
	scheduler *heldFile   // of base.Scheduler
}

// holdInput brings the files of an input into memory.
func holdInput(in Input) reused {
	r := reused{base: in}
	for _, file := range in.Files {
		r.files = append(r.files, hold(file))
	}
	for _, file := range in.Replace {
		r.replacing = append(r.replacing, hold(file))
	}
	if in.Scheduler != nil {
		r.scheduler = hold(*in.Scheduler)
	}
	r.base.Files, r.base.Replace, r.base.Scheduler, r.base.Templates = nil, nil, nil, nil
	r.base.Set = slices.Clip(in.Set)
	return r
}

// scenario is the input for one more load.
func (r *reused) scenario() Input {
	in := r.base
	in.Files = make([]File, len(r.files))
	for i, file := range r.files {
		in.Files[i] = file.file()
	}
	for _, file := range r.replacing {
		in.Replace = append(in.Replace, file.file())
	}
	if r.scheduler != nil {
		file := r.scheduler.file()
		in.Scheduler = &file
	}
	return in
}

var errStream = errors.New("a stream can be read once only, and every run reads it; want a file")

// onlyOnce tells of data that only the first load could read.
func onlyOnce(data map[string]string) yamlnode.Problems {
	var problems yamlnode.Problems
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if path := data[name]; isOpenStream(path) {
			problems = append(problems, yamlnode.Problem{File: "--data " + shorten(name+"="+path), What: errStream.Error()})
		}
	}
	return problems
}
