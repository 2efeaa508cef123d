package browser

import "strings"

// helped asks for help in a contest as one should not and as one may, lets who decides read
// it, and takes it back.
func (l *life) helped(o, decider *office, contest string) {
	at := "/me/contests/" + contest + "/help"
	l.get(o, at)
	for _, asked := range [][2]string{{"car", ""}, {"interpreter", ""}, {"read-aloud", strings.Repeat("长", 2001)}, {"read-aloud", ""}, {"plain-words", ""}, {"interpreter", "示例语"}, {"sign-language", "示例"}} {
		l.post(o, at, "help", asked[0], "say", asked[1])
		l.get(o, "/me/contests/"+contest)
	}
	l.get(decider, "/work/contests/"+contest)
	l.post(o, at, "help", "")
}

// reads chooses each size of text.
func (l *life) reads(o *office) {
	l.post(l.all["bank"], "/dev/webhooks", "do", "retry")
	l.get(l.guest(l.t), "/reading")
	for _, size := range []string{"150", "120", "100"} {
		l.post(o, "/reading", "size", size)
		l.get(o, "/me/settings")
	}
}
