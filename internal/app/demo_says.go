package app

import (
	"recourse/internal/dispute"
	"recourse/internal/oversight"
	"recourse/internal/repair"
)

// said is what people of the demo write about something: in the first language of
// the pack, else in English.
func (d *demo) said(about string) string {
	texts := demoSays()[about]
	if text, ok := texts[d.pack().Languages[0]]; ok {
		return text
	}
	return texts["en"]
}

func demoSays() map[string]map[string]string {
	return map[string]map[string]string{
		"file":    {"zh": "示例-决定书.png", "en": "sample-decision.png"},
		"officer": {"zh": "示例科 示例员", "en": "Sample Officer, Sample Desk"},
		"appeal":  {"zh": "示例：决定没有提到我提交的决定书。请重新核对。", "en": "Sample: the decision does not mention the document that I sent. Look at it again."},

		"words":       {"zh": "示例：当时三号楼的示例老王说手续已经办好，我才没有再去。", "en": "Sample: Sample Smith of house 3 told me that it was done, so I did not go again."},
		"passage":     {"zh": "三号楼的示例老王", "en": "Sample Smith of house 3"},
		"complainant": {"zh": "示例老王", "en": "Sample Smith"},
		"complaint":   {"zh": "示例：说明里写了我的名字和住处，我与此事无关。", "en": "Sample: it says my name and where I live. I have no part in it."},
		"withheld":    {"zh": "示例：他人的姓名和住处与这条记录无关，其余照常展示。", "en": "Sample: the name and home of somebody else have nothing to do with the record. The rest is shown."},
		"rewrite":     {"zh": "示例：没有这几个字，别人看不懂发生了什么。", "en": "Sample: without these words nobody understands what happened."},

		string(oversight.Demand): {"zh": "示例：应聘时，单位要我当场打印自己的记录给他们看。", "en": "Sample: at a job interview I was told to print my own record for them."},
		string(oversight.Sale):   {"zh": "示例：有人在群里出售本单位查到的记录。", "en": "Sample: in a chat group somebody sells records that were looked up here."},
		"reported":               {"zh": "示例：已核查，属实，已责令停止。", "en": "Sample: it was looked into and found true. It has to stop."},

		"condition":           {"zh": "示例：已经办妥，附有凭证；今后不会再发生。", "en": "Sample: it is done, and shown by papers; it will not happen again."},
		string(repair.Grant):  {"zh": "示例：材料齐全，条件已经满足。", "en": "Sample: the papers are complete, and the conditions are met."},
		string(repair.Refuse): {"zh": "示例：材料只说明了一部分，条件还没有满足。", "en": "Sample: the papers show a part only, and the conditions are not met."},

		string(dispute.WrongPerson):  {"zh": "示例：这不是我，当时我不在本市。", "en": "Sample: this is not me. I was in another town then."},
		string(dispute.WrongFact):    {"zh": "示例：金额与决定书不一致，附上决定书。", "en": "Sample: the amount is not that of the decision. The decision is attached."},
		string(dispute.Settled):      {"zh": "示例：已于上月全部履行，附上凭证。", "en": "Sample: all of it was paid last month. The receipt is attached."},
		string(dispute.NeverTold):    {"zh": "示例：我从未收到这份决定。", "en": "Sample: this decision never reached me."},
		string(dispute.ShouldEnd):    {"zh": "示例：按规定早应结束，不应再显示。", "en": "Sample: by law this should have ended long ago."},
		string(dispute.Annulled):     {"zh": "示例：该决定已被撤销，附上通知。", "en": "Sample: this decision was annulled. The letter is attached."},
		string(dispute.NoLegalBasis): {"zh": "示例：所引条款不适用于我的情况。", "en": "Sample: the article that is cited does not fit my case."},

		string(dispute.Stands):     {"zh": "示例：决定书和送达回证在卷，与记录一致。", "en": "Sample: decision and proof of delivery are on file and agree with the record."},
		string(dispute.WillMend):   {"zh": "示例：核对后发现录入有误，将报送更正。", "en": "Sample: it was typed wrongly. A correction will be sent."},
		string(dispute.TakesBack):  {"zh": "示例：确已履行，同意撤下。", "en": "Sample: it was paid. The record is given up."},
		string(dispute.CannotShow): {"zh": "示例：原始材料已无法找到。", "en": "Sample: the papers can no longer be found."},

		string(dispute.Upheld):       {"zh": "示例：记录与决定书一致，本人提交的材料未能说明不同。", "en": "Sample: the record agrees with the decision, and what was sent shows nothing else."},
		string(dispute.Withdrawn):    {"zh": "示例：凭证显示已履行，记录不应保留。", "en": "Sample: the receipt shows that it was paid. The record must go."},
		string(dispute.Corrected):    {"zh": "示例：金额应以决定书为准，由报送单位更正。", "en": "Sample: the amount is that of the decision. The body that filed it has to correct it."},
		string(dispute.Unverifiable): {"zh": "示例：双方都无法出示材料，记录是否正确无从核实。", "en": "Sample: neither side can show papers, so nobody can tell whether it is right."},
	}
}
