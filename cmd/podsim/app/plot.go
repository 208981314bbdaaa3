package app

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/reports/dirs"
	"github.com/podsim/podsim/reports/plot"
)

// The kinds of plots.
const (
	kindDistribution = "distribution"
	kindDelta        = "delta"
	kindTime         = "time"
)

// plotFlags are what podsim plot is told.
type plotFlags struct {
	output        string
	kind          string
	metrics       []string
	cell          []string
	width, height int
}

func (s *session) plot() *cobra.Command {
	var f plotFlags
	command := &cobra.Command{
		Use:   "plot DIR [DIR...]",
		Short: "draw a comparison, or runs over time",
		Long: `Draws the results of podsim compare, or how runs of podsim run went over time. DIR is
a folder that one of them wrote with -o.

  distribution  how each metric differs between seeds, policy by policy
  delta         how policies differ from the baseline seed by seed, with intervals
  time          utilisation, pending pods and nodes down over the time of runs

-o names a picture (.png or .svg) or a folder, which gets a picture for each kind and
metric. Equal results have equal pictures, byte for byte.`,
		Example: `  podsim compare zone-outage --policy default --policy binpack -o out/
  podsim plot out/ -o delta.png
  podsim plot out/ --kind distribution --metric pending.p99 --metric cost -o pending.svg
  podsim plot out/ -o pictures/
  podsim run zone-outage -o a/
  podsim run zone-outage --policy most-allocated -o b/
  podsim plot a/ b/ -o time.png`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("plot what? Name a folder that podsim compare -o or podsim run -o wrote")
			}
			pictures, err := f.pictures(args)
			if err != nil {
				return err
			}
			return s.drawAll(pictures)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&f.output, "output", "o", "plot.png", "the picture to write (.png or .svg), or a folder for a picture of each metric")
	flags.StringVar(&f.kind, "kind", "", "distribution, delta or time (default: delta of a comparison, time of runs; all into a folder)")
	flags.StringArrayVar(&f.metrics, "metric", nil, "a metric of the comparison (repeatable; default: those that tell policies apart)")
	flags.StringArrayVar(&f.cell, "cell", nil, "the point of the grid of axes to draw, as AXIS=VALUE (repeatable)")
	flags.IntVar(&f.width, "width", 0, "width in pixels (default 1200)")
	flags.IntVar(&f.height, "height", 0, "height in pixels (default: as high as the content needs)")
	return command
}

// picture is one picture to be drawn.
type picture struct {
	folder string // to be made; empty if the picture has a name of its own
	file   string
	draw   func(io.Writer, plot.Options) error
	plot.Options
}

// pictures plans what to draw, and says all that is wrong with the command line.
func (f *plotFlags) pictures(folders []string) ([]picture, error) {
	options, folder, err := f.format()
	wrong := errors.Join(err, plot.Options{Format: plot.PNG, Width: f.width, Height: f.height}.Check())
	kinds := []string{kindDistribution, kindDelta, kindTime}
	if f.kind != "" && !slices.Contains(kinds, f.kind) {
		wrong = errors.Join(wrong, unknown("--kind", f.kind, kinds))
	}
	sources, err := plotSources(folders)
	if wrong = errors.Join(wrong, err); wrong != nil {
		return nil, wrong
	}
	var list []picture
	if sources.comparison != nil {
		list, err = f.ofComparison(sources.comparison, folder)
	} else {
		list, err = f.ofRuns(sources.runs, folder)
	}
	for i := range list {
		list[i].Options = options
		if folder {
			list[i].folder = f.output
		}
	}
	return list, err
}

// format takes the format of the pictures from the name of the output. Without an
// extension it is a folder.
func (f *plotFlags) format() (o plot.Options, folder bool, err error) {
	o = plot.Options{Format: plot.PNG, Width: f.width, Height: f.height}
	info, missing := os.Stat(f.output)
	isFolder := missing == nil && info.IsDir()
	switch extension := strings.ToLower(filepath.Ext(f.output)); {
	case f.output == "":
		return o, false, errors.New("-o: the name of the picture is empty")
	case isFolder || strings.HasSuffix(f.output, "/") || extension == "" || extension == ".":
		return o, true, nil
	case extension == ".png":
	case extension == ".svg":
		o.Format = plot.SVG
	default:
		return o, false, fmt.Errorf("-o %s: unknown format %q (want .png, .svg or a folder)", f.output, extension)
	}
	return o, false, nil
}

// ofComparison plans the pictures of a comparison.
func (f *plotFlags) ofComparison(c *comparison.Comparison, folder bool) ([]picture, error) {
	if f.kind == kindTime {
		return nil, fmt.Errorf("--kind %s: a comparison keeps no time series; give folders of podsim run", kindTime)
	}
	cells, err := f.cells(c, folder)
	if err != nil {
		return nil, err
	}
	for _, name := range f.metrics {
		if known := metricNames(&c.Cells[cells[0]]); !slices.Contains(known, name) {
			return nil, unknown("metric", name, known)
		}
	}
	kinds := []string{f.kind}
	switch {
	case f.kind != "":
	case len(c.Policies) < 2:
		kinds = []string{kindDistribution}
	case folder:
		kinds = []string{kindDistribution, kindDelta}
	default:
		kinds = []string{kindDelta}
	}
	if !folder {
		return []picture{f.one(c, f.output, kinds[0], cells[0], f.metrics)}, nil
	}
	var list []picture
	taken := make(map[string]bool)
	for _, cell := range cells {
		metrics := f.metrics
		if metrics == nil {
			metrics = plot.Metrics(c, cell)
		}
		for _, kind := range kinds {
			for _, metric := range metrics {
				name := fileName(taken, kind, comparison.Label(c.Cells[cell].Settings), metric)
				list = append(list, f.one(c, name, kind, cell, []string{metric}))
			}
		}
	}
	return list, nil
}

func (f *plotFlags) one(c *comparison.Comparison, file, kind string, cell int, metrics []string) picture {
	draw := plot.Differences
	if kind == kindDistribution {
		draw = plot.Distributions
	}
	return picture{file: file, draw: func(w io.Writer, o plot.Options) error { return draw(w, c, cell, metrics, o) }}
}

func metricNames(cell *comparison.Cell) []string {
	names := make([]string, len(cell.Metrics))
	for i := range cell.Metrics {
		names[i] = cell.Metrics[i].Name
	}
	return names
}

// cells returns the points of the grid to draw: those that --cell allows. One
// picture shows one.
func (f *plotFlags) cells(c *comparison.Comparison, folder bool) ([]int, error) {
	var chosen []int
	var labels []string
	for i := range c.Cells {
		var settings []string
		for _, s := range c.Cells[i].Settings {
			settings = append(settings, s.Axis+"="+s.Value)
		}
		if !slices.ContainsFunc(f.cell, func(want string) bool { return !slices.Contains(settings, want) }) {
			chosen = append(chosen, i)
		}
		labels = append(labels, comparison.Label(c.Cells[i].Settings))
	}
	known := strings.Join(labels, "; ")
	switch {
	case len(c.Cells) == 0:
		return nil, errors.New("the comparison has no results")
	case len(chosen) == 0:
		return nil, fmt.Errorf("--cell %s: no such point of the grid (known: %s)", strings.Join(f.cell, " --cell "), cmp.Or(known, "none: the comparison has no axes"))
	case len(chosen) > 1 && !folder:
		return nil, fmt.Errorf("the comparison has %d points: choose one with --cell, or a folder with -o (known: %s)", len(chosen), known)
	}
	return chosen, nil
}

// ofRuns plans the picture of runs over time.
func (f *plotFlags) ofRuns(runs []plot.Run, folder bool) ([]picture, error) {
	switch {
	case f.kind != "" && f.kind != kindTime:
		return nil, fmt.Errorf("--kind %s: a run has one seed and one policy; give a folder of podsim compare", f.kind)
	case f.metrics != nil:
		return nil, errors.New("--metric: runs are drawn over time; metrics are those of podsim compare")
	case f.cell != nil:
		return nil, errors.New("--cell: a run has no grid; points are those of podsim compare")
	}
	file := f.output
	if folder {
		file = kindTime + "." + plot.PNG
	}
	return []picture{{file: file, draw: func(w io.Writer, o plot.Options) error { return plot.OverTime(w, runs, o) }}}, nil
}

// drawAll draws the pictures, each into memory first: what cannot be drawn leaves
// no file.
func (s *session) drawAll(pictures []picture) error {
	for _, p := range pictures {
		var page bytes.Buffer
		if err := p.draw(&page, p.Options); err != nil {
			return err
		}
		file := p.file
		if p.folder != "" {
			if err := os.MkdirAll(p.folder, 0o777); err != nil {
				return fmt.Errorf("-o %s: %w", p.folder, dirs.Cause(err))
			}
			file = filepath.Join(p.folder, file)
		}
		if err := writePicture(file, page.Bytes()); err != nil {
			return fmt.Errorf("-o %s: %w", file, dirs.Cause(err))
		}
		if _, err := fmt.Fprintln(s.stdout, "wrote "+file); err != nil {
			return err
		}
	}
	return nil
}

// writePicture gives a file its name when it is whole.
func writePicture(file string, content []byte) error {
	if err := os.WriteFile(file+partial, content, 0o666); err != nil {
		return err
	}
	if err := os.Rename(file+partial, file); err != nil {
		os.Remove(file + partial)
		return err
	}
	return nil
}
