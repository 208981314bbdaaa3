// Package scenarios turns a scenario file into the configuration of a run.
//
// A scenario is a stream of YAML documents in the envelope of Kubernetes. Objects
// of Kubernetes stand in it as they are; a few kinds of podsim's own
// (apiVersion podsim/v1alpha1) add what manifests cannot say: how long the run
// is, which nodes there are, what arrives when, how pods behave, what breaks.
//
// Data flows one way:
//
//	files, includes → yamlnode → --set → own kinds decoded here,
//	objects of Kubernetes compiled by models/manifest → references resolved,
//	everything checked → sim.Config
//
// Load reports all problems at once, each with file, line and column. What
// arrives during the run is not listed but generated: a sim.Source draws each
// arrival when the run asks for it, in constant memory, from random streams of
// its own, so that neither a policy nor another workload moves it.
//
// What users do during the run stands in Timelines and on the command line, as
// kubectl is told. Each step is compiled ahead, in order of time, against what the
// steps before it have made of its object (timeline*.go, command*.go).
//
// Objects with a status that a server wrote are a snapshot of a live cluster: the
// run goes on from it (snapshot.go hands it to sim/adopt.go), and virtual time 0 is
// the moment at which it was taken.
//
// An Experiment says which policies to compare on a scenario. LoadExperiment reads
// everything once, loads each policy with each combination of settings to see
// whether it is right, and then loads runs for whoever carries it out; digests of
// the content tell runs and experiments apart.
//
// A Plan asks which nodes to buy. LoadPlan finds the candidates in the scenario and in
// price books, makes documents of contingencies, and then loads a run for any mix of
// nodes in any of them: the documents of the scenario are read once, and each run
// changes what the mix, the contingency and the demand ask for (plan*.go, demand.go).
//
// The package refuses to know how a scheduler decides, how the loop runs and how
// results are reported. Assertions are handed on as text.
package scenarios
