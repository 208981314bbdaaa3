package validation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// userIDs checks ids of users and groups, in the order in which a server looks at them.
func userIDs(path *field.Path, fsGroup, user, group *int64, supplemental []int64) field.ErrorList {
	var errs field.ErrorList
	if fsGroup != nil {
		errs = append(errs, invalid(*fsGroup, path.Child("fsGroup"), validation.IsValidGroupID(*fsGroup))...)
	}
	if user != nil {
		errs = append(errs, invalid(*user, path.Child("runAsUser"), validation.IsValidUserID(*user))...)
	}
	if group != nil {
		errs = append(errs, invalid(*group, path.Child("runAsGroup"), validation.IsValidGroupID(*group))...)
	}
	for i, id := range supplemental {
		errs = append(errs, invalid(id, path.Child("supplementalGroups").Index(i), validation.IsValidGroupID(id))...)
	}
	return errs
}

// podSecurity checks what the containers of a pod have in common.
// Source: pkg/apis/core/validation/validation.go (validatePodSpecSecurityContext).
func (p *podRules) podSecurity(path *field.Path) field.ErrorList {
	sc := p.spec.SecurityContext
	if share := p.spec.ShareProcessNamespace; share != nil && *share && p.spec.HostPID && sc == nil {
		sc = &corev1.PodSecurityContext{} // to which a server moves both
	}
	if sc == nil {
		return nil
	}
	errs := userIDs(path, sc.FSGroup, sc.RunAsUser, sc.RunAsGroup, sc.SupplementalGroups)
	if share := p.spec.ShareProcessNamespace; share != nil && *share && p.spec.HostPID {
		errs = append(errs, field.Invalid(path.Child("shareProcessNamespace"), *share, "ShareProcessNamespace and HostPID cannot both be enabled"))
	}
	errs = append(errs, p.sysctls(sc.Sysctls, path.Child("sysctls"))...)
	if policy := sc.FSGroupChangePolicy; policy != nil {
		errs = append(errs, oneOf(*policy, path.Child("fsGroupChangePolicy"), false, corev1.FSGroupChangeAlways, corev1.FSGroupChangeOnRootMismatch)...)
	}
	errs = append(errs, seccomp(sc.SeccompProfile, path.Child("seccompProfile"))...)
	errs = append(errs, windowsOptions(sc.WindowsOptions, path.Child("windowsOptions"))...)
	errs = append(errs, appArmor(sc.AppArmorProfile, path.Child("appArmorProfile"))...)
	if policy := sc.SupplementalGroupsPolicy; policy != nil {
		errs = append(errs, oneOf(*policy, path.Child("supplementalGroupsPolicy"), false,
			corev1.SupplementalGroupsPolicyMerge, corev1.SupplementalGroupsPolicyStrict)...)
	}
	if policy := sc.SELinuxChangePolicy; policy != nil {
		errs = append(errs, oneOf(*policy, path.Child("seLinuxChangePolicy"), false, corev1.SELinuxChangePolicyRecursive)...)
	}
	return errs
}

// containerSecurity checks what a container may do on its node.
// Source: pkg/apis/core/validation/validation.go (ValidateSecurityContext).
func (p *podRules) containerSecurity(sc *corev1.SecurityContext, path *field.Path) field.ErrorList {
	if sc == nil {
		return nil
	}
	errs := userIDs(path, nil, sc.RunAsUser, sc.RunAsGroup, nil)
	if mount := sc.ProcMount; mount != nil {
		errs = append(errs, oneOf(*mount, path.Child("procMount"), false, corev1.DefaultProcMount, corev1.UnmaskedProcMount)...)
		if *mount == corev1.UnmaskedProcMount && (p.spec.HostUsers == nil || *p.spec.HostUsers) {
			errs = append(errs, field.Invalid(path.Child("procMount"), *mount, "`hostUsers` must be false to use `Unmasked`"))
		}
	}
	errs = append(errs, seccomp(sc.SeccompProfile, path.Child("seccompProfile"))...)
	if escalates := sc.AllowPrivilegeEscalation; escalates != nil && !*escalates {
		if sc.Privileged != nil && *sc.Privileged {
			errs = append(errs, field.Invalid(path, internalForm{sc}, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
		}
		if sc.Capabilities != nil {
			for _, capability := range sc.Capabilities.Add {
				if capability == "CAP_SYS_ADMIN" {
					errs = append(errs, field.Invalid(path, internalForm{sc},
						"cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
				}
			}
		}
	}
	errs = append(errs, windowsOptions(sc.WindowsOptions, path.Child("windowsOptions"))...)
	return append(errs, appArmor(sc.AppArmorProfile, path.Child("appArmorProfile"))...)
}

var sysctlName = regexp.MustCompile(`^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`)

// sysctls checks the names of kernel parameters.
// Source: pkg/apis/core/validation/validation.go (validateSysctls, ValidateHostSysctl).
func (p *podRules) sysctls(list []corev1.Sysctl, path *field.Path) field.ErrorList {
	const longest = 253
	var errs field.ErrorList
	seen := make(map[string]bool)
	for i, s := range list {
		at := path.Index(i).Child("name")
		switch {
		case s.Name == "":
			errs = append(errs, field.Required(at, ""))
		case len(s.Name) > longest || !sysctlName.MatchString(s.Name):
			errs = append(errs, field.Invalid(at, s.Name, fmt.Sprintf("must have at most %d characters and match regex %s", longest, sysctlName)))
		case seen[s.Name]:
			errs = append(errs, field.Duplicate(at, s.Name))
		}
		switch name := strings.ReplaceAll(s.Name, "/", "."); {
		case p.spec.HostNetwork && strings.HasPrefix(name, "net."):
			errs = append(errs, field.Invalid(at, s.Name, "may not be specified when 'hostNetwork' is true"))
		case p.spec.HostIPC && slices.ContainsFunc([]string{"kernel.shm", "kernel.msg", "fs.mqueue."}, func(prefix string) bool { return strings.HasPrefix(name, prefix) }),
			p.spec.HostIPC && name == "kernel.sem":
			errs = append(errs, field.Invalid(at, s.Name, "may not be specified when 'hostIPC' is true"))
		}
		seen[s.Name] = true
	}
	return errs
}

// seccomp checks a profile of system calls.
// Source: pkg/apis/core/validation/validation.go (validateSeccompProfileField).
func seccomp(profile *corev1.SeccompProfile, path *field.Path) field.ErrorList {
	if profile == nil {
		return nil
	}
	var errs field.ErrorList
	if profile.Type == "" {
		errs = append(errs, field.Required(path.Child("type"), "type is required when seccompProfile is set"))
	} else {
		errs = append(errs, oneOf(profile.Type, path.Child("type"), false,
			corev1.SeccompProfileTypeLocalhost, corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeUnconfined)...)
	}
	at := path.Child("localhostProfile")
	switch local := profile.Type == corev1.SeccompProfileTypeLocalhost; {
	case local && profile.LocalhostProfile == nil:
		errs = append(errs, field.Required(at, "must be set when seccomp type is Localhost"))
	case local:
		errs = append(errs, descendingPath(*profile.LocalhostProfile, at)...)
	case profile.LocalhostProfile != nil:
		errs = append(errs, field.Invalid(at, internalForm{profile}, "can only be set when seccomp type is Localhost"))
	}
	return errs
}

// appArmor checks an AppArmor profile.
// Source: pkg/apis/core/validation/validation.go (ValidateAppArmorProfileField).
func appArmor(profile *corev1.AppArmorProfile, path *field.Path) field.ErrorList {
	const longest = 4095
	const missing = "must be set when AppArmor type is Localhost"
	if profile == nil {
		return nil
	}
	at := path.Child("localhostProfile")
	switch profile.Type {
	case "":
		return field.ErrorList{field.Required(path.Child("type"), "type is required when appArmorProfile is set")}
	case corev1.AppArmorProfileTypeLocalhost:
	case corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeUnconfined:
		if profile.LocalhostProfile != nil {
			return field.ErrorList{field.Invalid(at, *profile.LocalhostProfile, "can only be set when AppArmor type is Localhost")}
		}
		return nil
	default:
		return oneOf(profile.Type, path.Child("type"), false,
			corev1.AppArmorProfileTypeLocalhost, corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeUnconfined)
	}
	switch name := profile.LocalhostProfile; {
	case name == nil, *name == "":
		return field.ErrorList{field.Required(at, missing)}
	case strings.TrimSpace(*name) != *name:
		return field.ErrorList{field.Invalid(at, *name, "must not be padded with whitespace")}
	case len(*name) > longest:
		return field.ErrorList{field.TooLong(at, "", longest)}
	}
	return nil
}

// descendingPath checks a path that stays below where it starts.
// Source: pkg/apis/core/validation/validation.go (validateLocalDescendingPath).
func descendingPath(target string, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if strings.HasPrefix(target, "/") {
		errs = append(errs, field.Invalid(path, target, "must be a relative path"))
	}
	return append(errs, noBacksteps(target, path)...)
}

// noBacksteps checks that a path does not lead upwards.
// Source: pkg/apis/core/validation/validation.go (validatePathNoBacksteps).
func noBacksteps(target string, path *field.Path) field.ErrorList {
	for part := range strings.SplitSeq(target, "/") {
		if part == ".." {
			return field.ErrorList{field.Invalid(path, target, "must not contain '..'")}
		}
	}
	return nil
}
