// Package trace reads recorded workloads: who came, with which shape, and how
// long they stayed or ran.
//
// It exists because traces are large, old and damaged. A Reader reads one of four
// formats row by row, plain or packed with gzip or zstd, under limits that hostile
// input cannot get around, and everything wrong is told at once with row and
// column. What stays in memory is one Shape for all objects that are alike, and a
// bit for each numbered name, so that names are not given twice.
//
// Data flows one way:
//
//	file → lines, unpacked under limits → a format's rows → Row and Shape
//
// From there scenarios makes pod templates of the shapes and arrivals of the rows;
// Writer writes the rows in podsim's own CSV format, the one that can say what all
// formats say; Describe sums them up. Rows come in the order of the file; Sorted
// puts a file that is out of order in order, stably and in memory.
//
// The package compiles nothing of Kubernetes: names, labels and quantities are
// handed on as text, and an object stays JSON.
package trace
