package plugins

import "strings"

// isQualifiedName reports whether s is a label key or a resource name: a name of
// at most 63 characters behind an optional DNS subdomain and a slash.
// Source: k8s.io/apimachinery/pkg/util/validation (IsQualifiedName).
func isQualifiedName(s string) bool {
	domain, name, slash := strings.Cut(s, "/")
	if !slash {
		return isName(s)
	}
	return isSubdomain(domain) && isName(name)
}

// isLabelValue reports whether s may be the value of a label.
func isLabelValue(s string) bool { return s == "" || isName(s) }

func isName(s string) bool {
	if s == "" || len(s) > 63 {
		return false
	}
	for i := range len(s) {
		inner := i > 0 && i < len(s)-1
		if !isAlphanumeric(s[i]) && (!inner || s[i] != '-' && s[i] != '_' && s[i] != '.') {
			return false
		}
	}
	return true
}

func isSubdomain(s string) bool {
	if len(s) > 253 {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ToLower(part) != part {
			return false
		}
		for i := range len(part) {
			inner := i > 0 && i < len(part)-1
			if !isAlphanumeric(part[i]) && (!inner || part[i] != '-') {
				return false
			}
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isExtendedResource reports whether name is outside the domain of Kubernetes.
// Source: pkg/apis/core/v1/helper/helpers.go (IsExtendedResourceName).
func isExtendedResource(name string) bool {
	return strings.Contains(name, "/") && !strings.Contains(name, "kubernetes.io/") &&
		!strings.HasPrefix(name, "requests.") && isQualifiedName("requests."+name)
}

// isScalarResource reports whether name is one of the resources that count only
// for the pods that ask for them.
// Source: pkg/scheduler/util/utils.go (IsScalarResourceName).
func isScalarResource(name string) bool {
	return isExtendedResource(name) || strings.Contains(name, "kubernetes.io/") ||
		strings.HasPrefix(name, "hugepages-") || strings.HasPrefix(name, "attachable-volumes-")
}
