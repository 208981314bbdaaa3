package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/podsim/podsim/reports/capacity"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/page"
)

// seriesFiles are what podsim compare and podsim plan leave in a folder, with what reads
// them and returns the writer of their page.
var seriesFiles = []struct {
	whole, soFar string
	read         func(text []byte) (func(io.Writer) error, error)
}{
	{comparison.JSONFile, comparison.SoFarFile, func(text []byte) (func(io.Writer) error, error) {
		c, err := comparison.ReadJSON(text)
		return func(w io.Writer) error { return page.Comparison(w, c) }, err
	}},
	{capacity.PlanJSONFile, capacity.PlanSoFarFile, func(text []byte) (func(io.Writer) error, error) {
		p, err := capacity.ReadPlan(text)
		return func(w io.Writer) error { return page.Plan(w, p) }, err
	}},
}

// seriesPage reads what podsim compare or podsim plan left in a folder and returns the
// writer of its page; nil if the folder has neither. What is unfinished counts where
// nothing is whole, or before it if latest is set.
func seriesPage(root *os.Root, latest bool) (func(io.Writer) error, error) {
	for _, kind := range seriesFiles {
		names := []string{kind.whole, kind.soFar}
		if latest {
			slices.Reverse(names)
		}
		for _, name := range names {
			text, err := root.ReadFile(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			var write func(io.Writer) error
			if err == nil {
				write, err = kind.read(text)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, dirs.Cause(err))
			}
			return write, nil
		}
	}
	return nil, nil
}
