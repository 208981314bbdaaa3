package validation

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// names checks where a pod looks names up.
// Source: pkg/apis/core/validation/validation.go (validatePodDNSConfig).
func (p *podRules) names(path *field.Path) field.ErrorList {
	const mostServers, mostSearches, longestSearches = 3, 32, 2048
	config := p.spec.DNSConfig
	if p.spec.DNSPolicy == corev1.DNSNone {
		switch {
		case config == nil:
			return field.ErrorList{field.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None")}
		case len(config.Nameservers) == 0:
			return field.ErrorList{field.Required(path.Child("nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None")}
		}
	}
	if config == nil {
		return nil
	}
	var errs field.ErrorList
	servers, searches := path.Child("nameservers"), path.Child("searches")
	if len(config.Nameservers) > mostServers {
		errs = append(errs, field.Invalid(servers, config.Nameservers, fmt.Sprintf("must not have more than %d nameservers", mostServers)))
	}
	for i, server := range config.Nameservers {
		errs = append(errs, validation.IsValidIPForLegacyField(servers.Index(i), server, false, nil)...)
	}
	if len(config.Searches) > mostSearches {
		errs = append(errs, field.Invalid(searches, config.Searches, fmt.Sprintf("must not have more than %d search paths", mostSearches)))
	}
	if len(strings.Join(config.Searches, " ")) > longestSearches {
		errs = append(errs, field.Invalid(searches, config.Searches,
			fmt.Sprintf("must not have more than %d characters (including spaces) in the search list", longestSearches)))
	}
	for i, search := range config.Searches {
		if search != "." {
			search = strings.TrimSuffix(search, ".")
			errs = append(errs, invalid(search, searches.Index(i), validation.IsDNS1123SubdomainWithUnderscore(search))...)
		}
	}
	for i, option := range config.Options {
		if option.Name == "" {
			errs = append(errs, field.Required(path.Child("options").Index(i), "must not be empty"))
		}
	}
	return errs
}

// hostname checks the name that takes the place of the one of a pod.
// Source: pkg/apis/core/validation/validation.go (validatePodHostName).
func (p *podRules) hostname(path *field.Path) field.ErrorList {
	const longest = 64
	name := p.spec.HostnameOverride
	if name == nil {
		return nil
	}
	var errs field.ErrorList
	if p.spec.SetHostnameAsFQDN != nil && *p.spec.SetHostnameAsFQDN {
		errs = append(errs, field.Forbidden(path, "may not be specified when setHostnameAsFQDN is true"))
	}
	if p.spec.HostNetwork {
		errs = append(errs, field.Forbidden(path, "may not be specified when hostNetwork is true"))
	}
	if len(*name) > longest {
		errs = append(errs, field.TooLong(path, "", longest))
	}
	return append(errs, invalid(*name, path, validation.IsDNS1123Subdomain(*name))...)
}

// hostAliases checks names that a pod gives addresses.
// Source: pkg/apis/core/validation/validation.go (ValidateHostAliases).
func hostAliases(list []corev1.HostAlias, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	for i, alias := range list {
		errs = append(errs, validation.IsValidIPForLegacyField(path.Index(i).Child("ip"), alias.IP, false, nil)...)
		for j, name := range alias.Hostnames {
			errs = append(errs, invalid(name, path.Index(i).Child("hostnames").Index(j), validation.IsDNS1123Subdomain(name))...)
		}
	}
	return errs
}
