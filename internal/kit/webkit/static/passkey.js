/* Passkeys: the page says what to do without them where this file cannot run. */
(()=>{const d=document,b=d.querySelector('[data-passkey]'),k=window.PublicKeyCredential;
if(!b||!k||!k.parseCreationOptionsFromJSON)return;
const o=JSON.parse(b.dataset.options),wrong=d.getElementById('passkey-wrong');
d.getElementById('passkey-none').hidden=true;b.form.hidden=false;
b.addEventListener('click',async e=>{e.preventDefault();wrong.hidden=true;
try{const c=await(b.dataset.passkey==='make'?navigator.credentials.create({publicKey:k.parseCreationOptionsFromJSON(o)}):navigator.credentials.get({publicKey:k.parseRequestOptionsFromJSON(o)}));
b.form.elements.answer.value=JSON.stringify(c.toJSON());b.form.submit()}
catch{wrong.hidden=false;wrong.tabIndex=-1;wrong.focus()}})})();
