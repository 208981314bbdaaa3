package scrape

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"slices"
	"sync/atomic"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/podsim/podsim/reports/prometheus"
)

// Take returns a snapshot of the run as it is now. It may wait for the run, and fails when
// that is over for those who ask.
type Take func(context.Context) (*prometheus.Snapshot, error)

// most is how many scrapes may wait at a time.
const most = 16

// Handler serves the metrics of a run.
func Handler(ctx context.Context, take Take) http.Handler {
	mux := http.NewServeMux()
	paths := []string{"/metrics"}
	mux.Handle("/metrics", handler(ctx, take, func(prometheus.Component) bool { return true }))
	for _, component := range prometheus.Components() {
		path := "/metrics/" + component.String()
		paths = append(paths, path)
		mux.Handle(path, handler(ctx, take, func(c prometheus.Component) bool { return c == component }))
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) { index(w, paths) })
	return mux
}

func handler(ctx context.Context, take Take, wanted func(prometheus.Component) bool) http.Handler {
	registry := client.NewRegistry()
	registry.MustRegister(&collector{ctx: ctx, take: take, wanted: wanted})
	var under atomic.Int32
	inner := promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if under.Add(1) > most {
			under.Add(-1)
			http.Error(w, "other scrapes are under way", http.StatusServiceUnavailable)
			return
		}
		defer under.Add(-1)
		inner.ServeHTTP(w, r)
	})
}

// index lists what there is.
func index(w http.ResponseWriter, paths []string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, "<!doctype html><html lang=\"en\"><title>podsim</title><h1>Metrics of a run</h1><ul>")
	for _, path := range paths {
		fmt.Fprintf(w, "<li><a href=\"%[1]s\">%[1]s</a></li>", html.EscapeString(path))
	}
	fmt.Fprint(w, "</ul></html>")
}

// collector makes metrics of snapshots. It implements client.Collector, and describes
// nothing beforehand: some families have labels that users choose.
type collector struct {
	ctx    context.Context
	take   Take
	wanted func(prometheus.Component) bool
}

// Describe implements client.Collector.
func (*collector) Describe(chan<- *client.Desc) {}

// Collect implements client.Collector.
func (c *collector) Collect(out chan<- client.Metric) {
	s, err := c.take(c.ctx)
	if err != nil {
		out <- client.NewInvalidMetric(client.NewInvalidDesc(err), err)
		return
	}
	for _, f := range prometheus.Families() {
		if !c.wanted(f.Component) {
			continue
		}
		desc := client.NewDesc(f.Name, f.Help, f.Labels, nil)
		for _, series := range s.Of(f) {
			out <- metric(f, desc, &series)
		}
	}
}

// metric is one series as client_golang has it.
func metric(f *prometheus.Family, desc *client.Desc, s *prometheus.Series) client.Metric {
	values := s.Labels
	if f.Open {
		names := slices.Clone(f.Labels)
		values = slices.Clone(values)
		for _, label := range s.Extra {
			names, values = append(names, label.Name), append(values, label.Value)
		}
		desc = client.NewDesc(f.Name, f.Help, names, nil)
	}
	var m client.Metric
	var err error
	if d := s.Distribution; d != nil {
		m, err = client.NewConstHistogram(desc, d.Count, d.Sum, cumulated(f, d), values...)
	} else {
		kind := client.GaugeValue
		if f.Type == prometheus.Counter {
			kind = client.CounterValue
		}
		m, err = client.NewConstMetric(desc, kind, s.Value, values...)
	}
	if err != nil {
		return client.NewInvalidMetric(desc, err)
	}
	return m
}

// cumulated counts what is at most each bound.
func cumulated(f *prometheus.Family, d *prometheus.Distribution) map[float64]uint64 {
	out, below := make(map[float64]uint64, len(f.Buckets)), uint64(0)
	for i, bound := range f.Buckets {
		below += d.Counts[i]
		out[bound] = below
	}
	return out
}
