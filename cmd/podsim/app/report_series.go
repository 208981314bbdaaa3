package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/page"
)

// seriesPage reads what podsim compare or podsim plan left in a folder and returns the
// writer of its page; nil if the folder has neither.
func seriesPage(root *os.Root) (func(io.Writer) error, error) {
	for _, kind := range []struct {
		file string
		read func(text []byte) (func(io.Writer) error, error)
	}{
		{comparison.JSONFile, func(text []byte) (func(io.Writer) error, error) {
			c, err := comparison.ReadJSON(text)
			return func(w io.Writer) error { return page.Comparison(w, c) }, err
		}},
		{capacity.PlanJSONFile, func(text []byte) (func(io.Writer) error, error) {
			p, err := capacity.ReadPlan(text)
			return func(w io.Writer) error { return page.Plan(w, p) }, err
		}},
	} {
		text, err := root.ReadFile(kind.file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var write func(io.Writer) error
		if err == nil {
			write, err = kind.read(text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind.file, dirs.Cause(err))
		}
		return write, nil
	}
	return nil, nil
}
