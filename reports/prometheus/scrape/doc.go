// Package scrape serves the metrics of a run while it goes on, by client_golang with
// registries of its own: nothing of the Go program is among them.
//
// /metrics has everything; /metrics/kube-state-metrics and so on have what one component
// has, so that each can be a scrape job of its name, as dashboards expect it.
//
// The package knows neither runs nor clusters: whoever serves one hands it snapshots, made
// when and where the run allows.
package scrape
