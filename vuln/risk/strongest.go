package risk

import (
	"ward/asset/device"
	"ward/vuln/exposure"
)

// Strongest keeps one assessment for each device and vulnerability: the highest
// score, at equal scores the one whose advisory says more on what to do. The
// findings of the others go with it (Also), because what they advise holds as
// well. Without repeats the list itself is given back.
func Strongest(assessments []Assessment) []Assessment {
	byDevice := map[device.ID][]int32{}
	for i := range assessments {
		byDevice[assessments[i].Device] = append(byDevice[assessments[i].Device], int32(i))
	}
	drop := map[int32]int32{} // the weaker -> the stronger
	best := map[string]int32{}
	for _, list := range byDevice {
		clear(best)
		for _, i := range list {
			a := &assessments[i]
			j, seen := best[a.Vulnerability]
			switch {
			case !seen:
				best[a.Vulnerability] = i
			case stronger(a, &assessments[j]):
				drop[j], best[a.Vulnerability] = i, i
			default:
				drop[i] = j
			}
		}
	}
	if len(drop) == 0 {
		return assessments
	}
	return without(assessments, drop)
}

// stronger tells whether a is to stand for b; ties are decided by the advisory's
// name, so that the order of the input does not matter.
func stronger(a, b *Assessment) bool {
	switch x, y := remediations(a.Finding), remediations(b.Finding); {
	case a.Score != b.Score:
		return a.Score > b.Score
	case x != y:
		return x > y
	}
	return a.Advisory < b.Advisory
}

func remediations(f *exposure.Finding) int {
	if f == nil || f.Vuln == nil {
		return 0
	}
	return len(f.Vuln.Remediations)
}

// without leaves the weaker ones out and hands their findings to the stronger.
func without(assessments []Assessment, drop map[int32]int32) []Assessment {
	also := map[int32][]*exposure.Finding{}
	for i := range assessments {
		to, dropped := drop[int32(i)]
		if !dropped {
			continue
		}
		for next, more := drop[to]; more; next, more = drop[to] {
			to = next
		}
		also[to] = append(also[to], assessments[i].Finding)
		also[to] = append(also[to], assessments[i].Also...)
	}
	out := make([]Assessment, 0, len(assessments)-len(drop))
	for i := range assessments {
		if _, dropped := drop[int32(i)]; dropped {
			continue
		}
		a := assessments[i]
		if more := also[int32(i)]; len(more) > 0 {
			a.Also = append(append([]*exposure.Finding{}, a.Also...), more...)
		}
		out = append(out, a)
	}
	return out
}
