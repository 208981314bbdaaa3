// Package store keeps the results of finished runs in a folder, so that work that
// was interrupted goes on where it was and the same run is not done twice.
//
//	result in JSON → Put, by key → folder → Get
//
// A folder belongs to one owner, an experiment or a plan, and to one process at a
// time. A result is named by all that it depends on; a file that is damaged counts
// as none.
//
// The package refuses to know what a result says, and which results belong to an
// owner: the owner itself tells whether it may go on with what another left.
package store
