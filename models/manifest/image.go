package manifest

import "strings"

// NormalImage returns an image name with a tag or digest, as the scheduler
// compares names. It adds no registry: nginx and docker.io/library/nginx stay
// two names, as they do in a real cluster.
// Source: pkg/scheduler/framework/plugins/imagelocality (normalizedImageName).
func NormalImage(name string) string {
	if strings.LastIndexByte(name, ':') <= strings.LastIndexByte(name, '/') {
		return name + ":latest"
	}
	return name
}

// imageTag returns the tag of an image name: latest if there is neither tag nor
// digest. Source: pkg/util/parsers/parsers.go (ParseImageName).
func imageTag(name string) string {
	rest, _, hasDigest := strings.Cut(name, "@")
	if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, '/') {
		return rest[colon+1:]
	}
	if hasDigest {
		return ""
	}
	return "latest"
}
