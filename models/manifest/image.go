package manifest

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// IsContainerName reports whether text can name a container.
func IsContainerName(text string) bool { return len(validation.IsDNS1123Label(text)) == 0 }

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

// isImage reports whether text can be the name of an image.
// Source: github.com/distribution/reference (ParseNormalizedNamed).
func isImage(name string) bool {
	if slash := strings.IndexByte(name, '/'); slash >= 0 && strings.ContainsAny(name[:slash], ".:") {
		name = name[slash+1:] // a registry may have capital letters
	}
	repository, _, _ := strings.Cut(name, "@")
	if colon := strings.LastIndexByte(repository, ':'); colon >= 0 {
		repository = repository[:colon]
	}
	return repository != "" && strings.ToLower(repository) == repository && !strings.ContainsAny(name, " \t\n")
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
