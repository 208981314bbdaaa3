// Package yamlnode reads bounded YAML (and JSON, which is YAML) into nodes that
// know their file, line and column, and decodes nodes strictly into Go structs.
//
// It exists because users deserve every mistake in a manifest at once, each with
// its position, and because common decoders accept silently what a simulator
// must not: 1.5 as a whole number, .nan as a rate, 017 as fifteen.
//
// Data flows one way. Parse checks the encoding, cuts the text into documents
// and turns each into a tree of Node, JSON by a short way of its own, with
// aliases and merge keys expanded under a growth limit. A Decoder walks such a tree into Go values by reflection and
// collects Problems. Semantic checks that come later find their line again with
// Locate.
//
// The package knows no kind of object: neither Kubernetes types, which register
// hooks with a Decoder, nor scenarios. It writes no YAML and opens no file.
package yamlnode
