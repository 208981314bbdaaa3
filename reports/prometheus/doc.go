// Package prometheus tells of a run in metrics, with the names, types and labels of
// kube-state-metrics, kube-scheduler, kube-controller-manager and kubelet, and with some of
// podsim's own, so that dashboards and alerts made for clusters work on virtual time.
//
//	cluster.Apply → Fold.Observe      counters and histograms, which need the whole way
//	cluster.View  → Fold.Snapshot     gauges, as objects stand at a moment
//	                  ├→ scrape       client_golang, while a run goes on
//	                  └→ Export       OpenMetrics text with virtual timestamps
//
// What kube-state-metrics says is a function of the objects of the API: here it is one of
// the manifests that reports/kubectl shows. One table of families drives what is collected,
// the types and help texts in every output, and README.md beside this file.
//
// A snapshot has a bounded number of series. Objects are admitted one by one, pods last,
// and stay; how many of each kind were left out is a metric, too.
//
// The package refuses to know the clock on the wall: durations are virtual seconds. A
// metric that podsim cannot know honestly is left out, see the README.
package prometheus
