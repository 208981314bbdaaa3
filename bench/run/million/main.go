// Command million writes the scenario of a million pods, or a smaller one like it,
// to standard output, as input of podsim run.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"

	"github.com/podsim/podsim/bench/run"
)

func main() {
	mix := run.Million
	flag.IntVar(&mix.Nodes, "nodes", mix.Nodes, "nodes of 16 cores")
	flag.IntVar(&mix.Pods, "pods", mix.Pods, "pods over the day; 100 for each node are 70 % of the cpu")
	flag.IntVar(&mix.Templates, "templates", mix.Templates, "templates, half of them Jobs and half Deployments")
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	err := mix.Write(out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
