package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"time"

	"github.com/podsim/podsim/bench/experiment"
	"github.com/podsim/podsim/reports/comparison"
	"github.com/podsim/podsim/scenarios"
)

// compared is the scenario whose comparison is digested: numbers of reports and
// statistics, which are not in operation logs.
const compared = "batch-burst"

// comparisonDigest compares policies on an embedded scenario and returns the digest
// of the result.
func comparisonDigest() (string, error) {
	embedded, _ := scenarios.LookupEmbedded(compared)
	e, err := scenarios.LoadExperiment(scenarios.ExperimentInput{
		Base:     scenarios.Input{Files: []scenarios.File{embedded.File()}, For: 2 * time.Hour},
		Policies: []string{"default", "best-fit", "random"}, Seeds: 6, Metrics: []string{"*"},
	})
	if err != nil {
		return "", err
	}
	worker, err := experiment.NewWorker(e)
	if err != nil {
		return "", err
	}
	c, err := experiment.Run(context.Background(), e, experiment.Options{
		Dispatcher: experiment.Local{Workers: runtime.GOMAXPROCS(0), Do: worker.Do},
	})
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	if err := comparison.WriteJSON(hash, c); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
