// Package evict says which pods must leave their nodes and when. It reads the
// view and answers with times and proposals; package sim applies them.
package evict
