/** This week at a glance, and how it went over time. */
import { html, Problem, Select } from "/ui.js";
import { queryOf } from "./api.js";
import { Bars, LineChart } from "./charts.js";
import { figures, Heading, hrefOf, useAnswer, useFormats, useManage } from "./ui.js";

const tiles = ["drafts", "approvalRate", "unedited", "medianDistance", "up", "medianWait"];

export function Overview({ query }) {
  const { words } = useManage();
  const { data, problem } = useAnswer("week");
  const format = useFormats();
  return html`
    <div class="page-head"><${Heading}>${words.thisWeek}<//>
      ${data && html`<p class="quiet">${words.since(format.day(data.monday, { day: "numeric", month: "long" }))}</p>`}
      ${data?.requested > 0 && html`<p><a href=${hrefOf("drafts", { state: "requested" })}>${words.requested(data.requested)}</a></p>`}
    </div>
    <${Problem} text=${problem} />
    <dl class="tiles">${tiles.map((id) => html`<${Tile} key=${id} id=${id} data=${data} />`)}</dl>
    <${Trends} query=${query} />`;
}

function Tile({ id, data }) {
  const { words } = useManage();
  const { figure, count } = useFormats();
  const week = data?.week;
  // Thumbs are one thing with two sides.
  const both = id === "up";
  const value = !week ? "…" : both ? `${count(week.up)} : ${count(week.down)}` : figure(id, week[id]);
  const before = !week
    ? ""
    : both
      ? `${count(data.before.up)} : ${count(data.before.down)}`
      : figure(id, data.before[id]);
  return html`
    <div class="tile">
      <dt>${both ? `${words.figures.up} : ${words.figures.down}` : words.figures[id]}</dt>
      <dd><strong>${value}</strong>
        <span class="quiet">${week && words.hints[id] ? `${words.hints[id](week)} · ` : ""}${words.before(before)}</span></dd>
    </div>`;
}

function Trends({ query }) {
  const { words, locale, choices } = useManage();
  const format = useFormats();
  const by = query.by ?? "model";
  const weeks = query.weeks ?? "12";
  const figure = query.figure in figures ? query.figure : "drafts";
  const { data, problem, busy } = useAnswer(`trends${queryOf({ figure, by, weeks })}`);
  const go = (change) => {
    location.hash = hrefOf("", { by, weeks, figure, ...change });
  };
  const nameOf = ({ id, name }) =>
    by === "all"
      ? words.total
      : by === "channel"
        ? (choices.channelNames[id]?.[locale] ?? id)
        : name || words.byHand;
  const series = data?.series.map((one) => ({ name: nameOf(one), points: one.points })) ?? [];
  const label = `${words.figures[figure]}, ${words.parts[by]}, ${words.weeks(Number(weeks))}`;
  return html`
    <section class="panel" aria-labelledby="trends" aria-busy=${busy}>
      <h2 id="trends">${words.trends}</h2>
      <div class="controls">
        <${Select} label=${words.figure} value=${figure} onChange=${(value) => go({ figure: value })} options=${Object.keys(figures).map((id) => [id, words.figures[id]])} />
        <${Select} label=${words.by} value=${by} onChange=${(value) => go({ by: value })} options=${Object.entries(words.parts)} />
        <${Select} label=${words.range} value=${weeks} onChange=${(value) => go({ weeks: value })} options=${["4", "12", "26", "52"].map((n) => [n, words.weeks(Number(n))])} />
      </div>
      <${Problem} text=${problem} />
      ${
        data &&
        html`
        <${LineChart} label=${label} heading=${data.step === "day" ? words.day : words.week} buckets=${data.buckets} series=${series}
          show=${(value) => format.figure(figure, value)} bucket=${(day) => format.day(day)} />
        ${
          by !== "all" &&
          html`<h3>${words.figures.drafts}</h3><${Bars} label=${`${words.figures.drafts}, ${words.parts[by]}`} show=${format.count}
          bars=${data.series.map((one) => ({ name: nameOf(one), value: one.drafts }))} />`
        }
        ${data.more > 0 && html`<p class="quiet">${words.moreSeries(data.more)}</p>`}`
      }
    </section>`;
}
