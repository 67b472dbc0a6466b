/// The look of a report: system fonts, one column, light and dark, and a form for paper.
enum ReportStyle {
    static let css: StaticString = """
        :root{--paper:#fff;--ink:#1c1f23;--soft:#5a626b;--line:#d8dce0;--wash:#f5f6f7;\
        --good:#1a6b3c;--bad:#a4262c;--warn:#7a5200;--mark:#ffe9a8;--markink:#1c1f23;--bar:#4a6fa5;--link:#1f4e8c}
        @media (prefers-color-scheme:dark){:root{--paper:#15181b;--ink:#e6e8ea;--soft:#a4acb4;--line:#343a40;\
        --wash:#1d2125;--good:#6fcf97;--bad:#ff8f88;--warn:#e5b567;--mark:#5a4a12;--markink:#fff4cf;--bar:#7fa3d9;\
        --link:#9cc2ff}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);\
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        header,main,footer{max-width:60rem;margin:0 auto;padding:0 1.25rem}
        header{padding-top:2.5rem}
        h1{font-size:1.9rem;line-height:1.2;font-weight:600;margin:.25rem 0 .75rem}
        h2{font-size:1.25rem;font-weight:600;margin:3rem 0 .75rem}
        h3{font-size:1rem;font-weight:600;margin:1.5rem 0 .5rem}
        p{margin:.5rem 0;max-width:44rem}
        .kicker,.soft,footer,caption,figcaption{color:var(--soft);font-size:.9rem}
        .kicker{margin:0}
        .lead{font-size:1.1rem}
        .good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        bdi,code{overflow-wrap:anywhere;white-space:pre-wrap}
        code,bdi{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;font-size:.92em}
        mark{background:var(--mark);color:var(--markink);padding:.05em .2em;border-radius:.2em}
        mark.empty{font-style:italic}
        .note{border-left:4px solid var(--warn);padding:.1rem 1rem;margin:1.25rem 0;background:var(--wash)}
        ol,ul{padding-left:1.4rem;max-width:44rem}li{margin:.3rem 0}\
        ul.plain{list-style:none;margin:0;padding:0}ul.plain li{margin:0 0 .25rem}\
        del{text-decoration:none;color:var(--bad)}ins{text-decoration:none;color:var(--good)}
        .scroll{overflow-x:auto;margin:.5rem 0 1rem}
        table{border-collapse:collapse;width:100%;font-size:.95rem}
        caption{text-align:left;padding:.25rem 0}
        th,td{text-align:left;vertical-align:top;padding:.45rem .9rem .45rem 0;border-bottom:1px solid var(--line)}
        thead th{color:var(--soft);font-weight:600;font-size:.85rem}
        tbody th{font-weight:500;overflow-wrap:break-word}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        bdi bdi{font-size:1em}
        .wide{min-width:13rem}
        details{border:1px solid var(--line);border-radius:.5rem;margin:.75rem 0;background:var(--paper)}
        summary{cursor:pointer;padding:.75rem 1rem}
        summary h3{display:inline;margin:0;overflow-wrap:anywhere}
        summary .soft{display:block;padding-left:1.1rem;font-weight:400}
        details>div{padding:0 1rem 1rem}
        dl{display:grid;grid-template-columns:minmax(7rem,12rem) 1fr;gap:.3rem 1rem;margin:.5rem 0}
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        figure{margin:1rem 0}
        svg{display:block;width:100%;height:auto}
        svg .bar{fill:var(--bar)}svg .base{stroke:var(--line)}svg .limit{stroke:var(--bad);stroke-width:1.5}
        .stack{height:1.1rem;border-radius:.3rem;overflow:hidden;margin:1rem 0}
        .stack svg{height:100%}
        .ends{display:flex;justify-content:space-between;gap:1rem}
        .f-good{fill:var(--good)}.f-bad{fill:var(--bad)}.f-left{fill:var(--soft)}.f-open{fill:var(--warn)}
        footer{padding-top:3rem;padding-bottom:3rem}
        @media (max-width:34rem){h1{font-size:1.5rem}header{padding-top:1.5rem}dl{grid-template-columns:1fr;gap:0}\
        dd{margin-bottom:.6rem}h2{margin-top:2.25rem}\
        th,td{padding-right:.65rem}.wide{min-width:8.5rem}}
        @media print{:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--wash:#fff;\
        --good:#1a6b3c;--bad:#a4262c;--warn:#7a5200;--mark:#ffe9a8;--markink:#000;--bar:#4a6fa5;--link:#000}\
        body{font-size:10pt}header,main,footer{max-width:none;padding-left:0;padding-right:0}\
        details{break-inside:auto}summary,h2,h3{break-after:avoid}tr,figure,.note{break-inside:avoid}\
        .scroll{overflow:visible}details::details-content{display:block;content-visibility:visible;height:auto}\
        @page{margin:18mm 16mm}}
        """
}
