import { googleRows, write } from './harness/csv.ts';
import { startRolo, addAccount } from './harness/rolo.ts';
const rolo = await startRolo();
try {
  const noor = await addAccount(rolo); await rolo.command('seed','248','--email',noor.email);
  const token = String((await rolo.command('token','add','--email',noor.email)).token);
  const h = { authorization: `Bearer ${token}` };
  const get = async (p: string) => (await fetch(rolo.url+p,{headers:h})).json() as any;
  const book = (await get('/v1/books')).items[0].id;
  for (let i=0;i<8;i++) {
    const t=Date.now();
    const r = await (await fetch(`${rolo.url}/v1/imports?book=${book}&name=c.csv`,{method:'POST',headers:{...h,'content-type':'text/csv'},body:write(googleRows(300))})).json() as any;
    let s; do { await new Promise(g=>setTimeout(g,30)); s=(await get(`/v1/imports/${r.id}`)); } while (s.state==='reading' && Date.now()-t<60000);
    console.log(i, s.state, s.why, Date.now()-t, JSON.stringify(s.counts));
    if (i===1) { await fetch(`${rolo.url}/v1/imports/${r.id}/run`,{method:'POST',headers:{...h,'content-type':'application/json'},body:'{}'}); do { await new Promise(g=>setTimeout(g,30)); s=(await get(`/v1/imports/${r.id}`)); } while (s.state==='running'); console.log('run', s.state, Date.now()-t);
      const u = await (await fetch(`${rolo.url}/v1/undo`,{method:'POST',headers:{...h,'content-type':'application/json'},body:JSON.stringify({batch:s.batch})})).json(); console.log(JSON.stringify(u).slice(0,200)); }
  }
} finally { console.log(rolo.log().slice(-3000)); await rolo.stop(); }
