package webkit

import "strings"

// device names the families of browser and system in what a browser says of itself,
// such as "Firefox, Linux": enough to know one's own device again in a list, and too
// little to be known by. Empty where it says neither.
func device(agent string) string {
	if len(agent) > 512 {
		agent = agent[:512]
	}
	browser := first(agent, [][2]string{{"MicroMessenger/", "WeChat"}, {"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"}})
	system := first(agent, [][2]string{{"HarmonyOS", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
		{"Macintosh", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}})
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + ", " + system
}

// first returns the name of the first mark that stands in text.
func first(text string, marks [][2]string) string {
	for _, m := range marks {
		if strings.Contains(text, m[0]) {
			return m[1]
		}
	}
	return ""
}
