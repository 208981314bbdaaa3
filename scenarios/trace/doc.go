// Package trace reads recorded workloads: who came, with which shape, and how
// long they stayed.
//
// It exists because traces are large, old and damaged: a trace is read row by
// row, plain or gzip, under limits that hostile input cannot get around, and
// everything wrong with it is told at once with the row and column. What stays in
// memory is one small Row an instance and one Shape for all instances alike.
//
// Data flows one way: Read turns a file into a Trace whose rows are in order of
// time; scenarios makes pod templates of the shapes and arrivals of the rows.
//
// The package knows no pods, no nodes and no Kubernetes.
package trace
