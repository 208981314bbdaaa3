// Package evict says which pods must leave their nodes and when. It reads the
// view and answers with times and proposals; package sim asks the budgets and
// applies them. An Evictor is a policy for one kind of occasion; the table lists
// those that a scenario may name.
package evict
