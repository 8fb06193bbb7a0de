#include "emulator/admin/page.h"

namespace understudy {
namespace {

constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Understudy</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>
body{font:14px/1.45 system-ui,sans-serif;margin:1.5rem;color:#222;background:#fff;max-width:75rem}
h1{font-size:1.2rem;margin:0 0 1rem}h2{font-size:1rem;margin:1.5rem 0 .4rem}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.15rem .6rem .15rem 0;border-bottom:1px solid #ddd;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
button,input{font:inherit}.bad{color:#b00}.quiet{color:#777}
meter{width:8rem}
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}td,th{border-color:#333}}
</style>
<h1>Understudy</h1>
<section><b id="now"></b> <span id="mode" class="quiet"></span>
 <button data-by="1">+1 s</button> <button data-by="60">+1 min</button>
 <button data-by="3600">+1 h</button> <button data-by="86400">+1 d</button>
 <button id="hold">freeze</button> <button id="run">run</button>
 <span id="said" class="bad"></span></section>
<h2>Tables</h2><table id="tables"></table>
<h2>Capacity</h2><table id="capacity"></table>
<h2>Faults</h2><table id="faults"></table>
<h2>Requests <button id="journal">keep 1000</button></h2><table id="requests"></table>
<script>
const $=id=>document.getElementById(id)
const ask=async(method,path,body)=>{
 const r=await fetch('/_admin/'+path,{method,body:body&&JSON.stringify(body)})
 const j=await r.json()
 $('said').textContent=r.ok?'':j.error.field+' '+j.error.reason
 if(!r.ok)return Promise.reject(j)
 return j}
const cell=v=>{const td=document.createElement('td')
 if(v instanceof Node)td.append(v)
 else{if(typeof v==='number')td.className='n';td.textContent=v??''}return td}
const fill=(id,heads,rows)=>{const t=$(id);t.replaceChildren()
 if(!rows.length){t.textContent='none';t.className='quiet';return}
 t.className=''
 const h=t.insertRow();heads.forEach((x,i)=>{const th=document.createElement('th');th.textContent=x
  if(rows.every(r=>typeof r[i]==='number'))th.className='n';h.append(th)})
 for(const r of rows)t.insertRow().append(...r.map(cell))}
const clock=async()=>{const c=await ask('GET','clock')
 $('now').textContent=c.now.replace('T',' ').slice(0,23)
 $('mode').textContent=c.mode+(c.mode==='scaled'?' ×'+c.rate:'')+(c.next_due?', next due '+c.next_due.slice(11,19):'')}
const gauge=(v,max)=>{const m=document.createElement('meter');m.min=0;m.max=max||1;m.value=Math.max(0,v);m.title=v+' of '+max;return m}
let openapi
const has=async path=>{openapi??=await ask('GET','openapi.json');return path in openapi.paths}
const look=async()=>{
 await clock()
 fill('tables',['tenant','table','status','items','bytes','indexes','expires by'],(await ask('GET','tables')).tables.map(t=>
  [t.tenant,t.table,t.status,t.items,t.bytes,t.indexes.map(i=>i.index+' ('+i.items+')').join(', '),t.time_to_live]))
 if(await has('/_admin/capacity')){
  const rows=[]
  for(const t of (await ask('GET','capacity')).tables)for(const a of t.arms)for(const d of ['read','write'])
   rows.push([t.table+(a.index?'/'+a.index:''),d,gauge(a[d].balance,a[d].capacity),a[d].balance,a[d].rate,a.partitions.length,
    (a.hot_keys||[]).slice(0,3).map(k=>k.key+' '+k.units).join(', ')])
  fill('capacity',['','','','balance','per second','partitions','hot keys'],rows)}
 if(await has('/_admin/faults'))
  fill('faults',['rule','matches','hits'],((await ask('GET','faults')).rules||[]).map(r=>[r.id,r.matches,r.hits]))
 const q=await ask('GET','requests?limit=50')
 $('journal').hidden=q.size>0
 fill('requests',['arrived','tenant','operation','table','status','units','µs','verdict','attempt'],q.requests.reverse().map(r=>
  [r.arrived.slice(11,23),r.tenant,r.operation,r.table,r.status+(r.error?' '+r.error:''),
   r.read_units+r.write_units,r.took_us,[r.verdict,r.rule,r.reason].filter(Boolean).join(' '),
   (r.sdk_request||'').replace(/.*attempt=(\d+).*/,'$1')]))}
document.querySelectorAll('[data-by]').forEach(b=>b.onclick=()=>ask('POST','clock/advance',{by:+b.dataset.by}).then(look))
$('hold').onclick=()=>ask('POST','clock/freeze').then(look)
$('run').onclick=()=>ask('POST','clock/scale',{rate:1}).then(look)
$('journal').onclick=()=>ask('PUT','requests',{size:1000}).then(look)
const loop=async()=>{try{await look()}catch(e){}setTimeout(loop,document.hidden?5000:1000)}
loop()
</script>
)html";

}  // namespace

std::string_view admin_page() {
  return kPage;
}

}  // namespace understudy
