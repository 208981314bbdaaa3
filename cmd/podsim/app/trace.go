package app

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/podsim/podsim/reports"
	"github.com/podsim/podsim/scenarios"
	"github.com/podsim/podsim/scenarios/trace"
)

func (s *session) trace() *cobra.Command {
	command := &cobra.Command{
		Use:   "trace",
		Short: "look into recorded workloads",
		Long: `Looks into traces, the recorded workloads that scenarios replay. See podsim import
for the formats.`,
		Example: `  podsim trace info NASA-iPSC-1993-3.1-cln.swf.gz`,
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(s.traceInfo())
	return command
}

func (s *session) traceInfo() *cobra.Command {
	var format, output string
	command := &cobra.Command{
		Use:   "info FILE",
		Short: "sum up a trace: span, arrivals, demand, distributions",
		Long: `Tells what is in a trace: its span, how many objects and pods arrive when, the most
that is asked for at the same time, how run times, lifetimes and requests are
distributed, and what is unknown, out of order or left out.`,
		Example: `  podsim trace info NASA-iPSC-1993-3.1-cln.swf.gz
  podsim trace info watch.jsonl --format jsonl -o json`,
		Args: exactly("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			info, err := unlessInterrupted(c.Context(), func() (*trace.Info, error) {
				return s.describe(trace.Format(format), args[0])
			})
			if err != nil {
				return err
			}
			if output == "json" {
				return s.printJSON(info)
			}
			return s.printInfo(args[0], info)
		},
	}
	command.Flags().StringVar(&format, "format", "", "format of the file: "+strings.Join(formatNames(), ", ")+" (default: as it begins)")
	command.Flags().StringVarP(&output, "output", "o", "table", "table or json")
	return oneOf(command, &output, "table", "json")
}

func (s *session) describe(format trace.Format, name string) (*trace.Info, error) {
	r, file, err := s.openTrace(format, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return scenarios.DescribeTrace(r)
}

func (s *session) printInfo(name string, i *trace.Info) error {
	w := s.stdout
	fmt.Fprintf(w, "%s: %s, %s of %s in %s\n", reports.Visible(name), i.Format, count(i.Rows, "object"), count(int(i.Pods), "pod"), count(i.Shapes, "shape"))
	fmt.Fprintf(w, "arrivals from %s to %s, the last known end at %s\n", clock(i.First), clock(i.Last), clock(i.End))
	if i.OutOfOrder > 0 {
		fmt.Fprintf(w, "%s out of order in time\n", count(i.OutOfOrder, "row"))
	}
	for _, unknown := range []struct {
		rows int
		of   string
	}{
		{i.UnknownLifetimes, "lifetime"}, {i.UnknownRunTimes, "run time"},
		{i.UnknownEnds, "end: they count as staying for ever"}, {i.UnknownRequests, "requests"},
	} {
		if unknown.rows > 0 {
			fmt.Fprintf(w, "%s of unknown %s\n", count(unknown.rows, "object"), unknown.of)
		}
	}
	for _, note := range i.Notes {
		fmt.Fprintln(w, reports.Visible(note))
	}
	fmt.Fprintf(w, "\nArrivals in each %s\n", stepName(i.Arrivals.Step))
	s.printArrivals(w, &i.Arrivals)
	fmt.Fprintln(w, "\nThe most at the same time")
	var rows [][]string
	for _, p := range i.Peaks {
		rows = append(rows, []string{p.Resource, amountText(p.Amount, p.Resource), clock(p.At)})
	}
	if err := s.table([]string{"RESOURCE", "AMOUNT", "AT"}, rows); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nDistributions")
	rows = nil
	for _, d := range i.Distributions {
		row := []string{d.Of, strconv.FormatInt(d.Count, 10), strconv.Itoa(d.Distinct)}
		for _, value := range []float64{d.P50, d.P90, d.P95, d.P99, d.Max} {
			row = append(row, valueText(value, d.Unit))
		}
		rows = append(rows, row)
	}
	return s.table([]string{"OF", "COUNT", "DISTINCT", "P50", "P90", "P95", "P99", "MAX"}, rows)
}

// printArrivals draws a bar for each step.
func (s *session) printArrivals(w io.Writer, a *trace.Arrivals) {
	most := int64(1)
	for _, n := range a.Counts {
		most = max(most, n)
	}
	bar := "#"
	if style(s.stdout).Unicode {
		bar = "█"
	}
	const width = 50
	for i, n := range a.Counts {
		length := int((n*width + most - 1) / most)
		fmt.Fprintf(w, "%10s %8d %s\n", clock(a.From+float64(float64(i)*a.Step)), n, strings.Repeat(bar, length))
	}
}

// stepName names a step of time in words.
func stepName(seconds float64) string {
	switch seconds {
	case 60:
		return "minute"
	case 3600:
		return "hour"
	case 86400:
		return "day"
	case 7 * 86400:
		return "week"
	}
	return clock(seconds)
}

// clock writes seconds as a duration of at most three units: 3d04h10m.
func clock(seconds float64) string {
	d := time.Duration(math.Round(seconds*1000)) * time.Millisecond
	const day = 24 * time.Hour
	if d < day {
		return d.String()
	}
	return fmt.Sprintf("%dd%02dh%02dm", d/day, d%day/time.Hour, d%time.Hour/time.Minute)
}

func valueText(value float64, unit string) string {
	switch unit {
	case "s":
		return clock(value)
	case "bytes":
		return bytesText(value)
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

func amountText(amount float64, resource string) string {
	switch {
	case resource == "memory", resource == "ephemeral-storage", resource == "storage", strings.HasPrefix(resource, "hugepages-"):
		return bytesText(amount)
	}
	return strconv.FormatFloat(math.Round(amount*1000)/1000, 'f', -1, 64)
}

func bytesText(bytes float64) string {
	for _, unit := range []struct {
		name  string
		bytes float64
	}{{"Ti", 1 << 40}, {"Gi", 1 << 30}, {"Mi", 1 << 20}, {"Ki", 1 << 10}} {
		if bytes >= unit.bytes {
			return strconv.FormatFloat(math.Round(bytes/unit.bytes*100)/100, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatFloat(bytes, 'f', -1, 64)
}
