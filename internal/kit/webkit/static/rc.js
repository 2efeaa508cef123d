/* Enhancement only: every page works without this file. */
(()=>{const d=document;
/* 1 the focus goes to what must be mended, or to what was done */
const f=d.querySelector('[data-focus]');if(f){f.tabIndex=-1;f.focus()}
/* 2 a form is sent once */
d.addEventListener('submit',e=>{const g=e.target;if(g.dataset.sent){e.preventDefault();return}g.dataset.sent=1;setTimeout(()=>delete g.dataset.sent,3e3)});
/* 3 leaving quickly takes this page out of the history */
d.querySelectorAll('[data-leave]').forEach(a=>a.addEventListener('click',e=>{e.preventDefault();location.replace(a.href)}));
/* 4 print buttons exist only where printing works */
d.querySelectorAll('[data-print]').forEach(b=>{b.hidden=false;b.addEventListener('click',()=>print())});
/* 5 what goes on is looked at again */
if(d.querySelector('[data-again]'))setTimeout(()=>location.reload(),2e3);
})();
