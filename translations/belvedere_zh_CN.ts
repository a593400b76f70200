<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Window</name>
    <message>
        <source>Belvedere cannot start</source>
        <translation>Belvedere 无法启动</translation>
    </message>
</context>
<context>
    <name>belvedere::app::Notifier</name>
    <message>
        <source>%1 has ended</source>
        <extracomment>%1 is the name of an alert</extracomment>
        <translation>%1 已恢复</translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n firing)</source>
        <extracomment>%1 is the name of an alert, %n the number of its instances that fire</extracomment>
        <translation>
            <numerusform>%1（%n 个正在触发）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Show the alert</source>
        <translation>显示告警</translation>
    </message>
</context>
<context>
    <name>belvedere::app::WindowBackend</name>
    <message>
        <source>%1 names no folder of rules; add rule_files: [rules/*.yml] to it.</source>
        <translation>%1 没有指定规则文件夹；请添加 rule_files: [rules/*.yml]。</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertDetails</name>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Value of the alert over time</source>
        <translation>告警值随时间的变化</translation>
    </message>
    <message>
        <source>When it fired</source>
        <translation>触发时间</translation>
    </message>
    <message>
        <source>No alert selected</source>
        <translation>未选择告警</translation>
    </message>
    <message>
        <source>firing for %1, since %2</source>
        <translation>已触发 %1，自 %2 起</translation>
    </message>
    <message>
        <source>pending since %1; fires in %2 if it stays so</source>
        <translation>自 %1 等待；若持续，%2 后触发</translation>
    </message>
    <message>
        <source>pending since %1</source>
        <translation>自 %1 等待</translation>
    </message>
    <message>
        <source>now %1, fires when %2 %3</source>
        <translation>当前 %1，当 %2 %3 时触发</translation>
    </message>
    <message>
        <source>now %1</source>
        <translation>当前 %1</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertHistoryModel</name>
    <message>
        <source>Firing</source>
        <translation>触发中</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>for %1</source>
        <extracomment>an alert that fires since this long</extracomment>
        <translation>已持续 %1</translation>
    </message>
    <message>
        <source>end not recorded</source>
        <translation>未记录结束时间</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Began</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Lasted</source>
        <translation>持续时间</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertsModel</name>
    <message>
        <source>Firing</source>
        <translation>触发中</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始于</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertsPage</name>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>&amp;Filter Alerts</source>
        <translation>筛选告警(&amp;F)</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>按关键词缩小列表范围</translation>
    </message>
    <message>
        <source>&amp;Explore Expression</source>
        <translation>探索表达式(&amp;E)</translation>
    </message>
    <message>
        <source>Look at the rule&apos;s expression over time</source>
        <translation>查看该规则的表达式随时间的变化</translation>
    </message>
    <message>
        <source>Show &amp;Rule</source>
        <translation>显示规则(&amp;R)</translation>
    </message>
    <message>
        <source>Go to the rule behind the alert</source>
        <translation>转到该告警对应的规则</translation>
    </message>
    <message>
        <source>&amp;Copy Expression</source>
        <translation>复制表达式(&amp;C)</translation>
    </message>
    <message>
        <source>Copy the rule&apos;s expression</source>
        <translation>复制该规则的表达式</translation>
    </message>
    <message>
        <source>Filter by name, summary or label</source>
        <translation>按名称、摘要或标签筛选</translation>
    </message>
    <message>
        <source>Alerts (%1)</source>
        <translation>告警 (%1)</translation>
    </message>
    <message>
        <source>Rules (%1 failing)</source>
        <translation>规则（%1 条出错）</translation>
    </message>
    <message>
        <source>There are no rules</source>
        <translation>没有规则</translation>
    </message>
    <message>
        <source>A rule says when something deserves attention. Put rule files, as Prometheus reads them, into %1/rules; they are read at once.</source>
        <translation>规则说明什么情况需要关注。请将 Prometheus 格式的规则文件放入 %1/rules，它们会立即被读取。</translation>
    </message>
    <message>
        <source>Nothing fires</source>
        <translation>没有触发的告警</translation>
    </message>
    <message>
        <source>No alert fits</source>
        <translation>没有符合条件的告警</translation>
    </message>
    <message>
        <source>Every rule was evaluated and found nothing to report.</source>
        <translation>所有规则均已评估，没有需要报告的情况。</translation>
    </message>
    <message>
        <source>No pending or firing alert has these words.</source>
        <translation>没有等待中或触发中的告警包含这些关键词。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Alerts, history and rules</source>
        <translation>告警、历史和规则</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Show &amp;Logs</source>
        <translation>显示日志(&amp;L)</translation>
    </message>
    <message>
        <source>Read the lines of what the alert is about</source>
        <translation>查看告警所涉对象的日志行</translation>
    </message>
    <message>
        <source>Open Run&amp;book</source>
        <translation>打开运维手册(&amp;B)</translation>
    </message>
    <message>
        <source>Open what to do, as the rule names it, in the browser</source>
        <translation>在浏览器中打开规则指定的处理说明</translation>
    </message>
    <message>
        <source>Filter by name or label</source>
        <translation>按名称或标签筛选</translation>
    </message>
    <message>
        <source>History of alerts</source>
        <translation>告警历史</translation>
    </message>
    <message>
        <source>No alert has fired</source>
        <translation>没有触发过的告警</translation>
    </message>
    <message>
        <source>Every alert that fires is kept here with its beginning and its end.</source>
        <translation>每个触发的告警都会连同其开始和结束时间记录在此。</translation>
    </message>
    <message>
        <source>No alert of the past has these words.</source>
        <translation>没有历史告警包含这些关键词。</translation>
    </message>
    <message>
        <source>Firing alert</source>
        <extracomment>kinds of things that the palette finds</extracomment>
        <translation>触发中的告警</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Recording rule</source>
        <translation>记录规则</translation>
    </message>
    <message>
        <source>Add Shipped Rules</source>
        <translation>添加自带规则</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Find a page, an action, a dashboard, a metric, a label or an alert</source>
        <translation>查找页面、操作、仪表盘、指标、标签或告警</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>查找结果</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::Completion</name>
    <message>
        <source>aggregation</source>
        <translation>聚合</translation>
    </message>
    <message>
        <source>function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>keyword</source>
        <translation>关键字</translation>
    </message>
    <message>
        <source>metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>阶段</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ContainersModel</name>
    <message>
        <source>not read</source>
        <translation>未读取</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重启次数</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>日志行</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ContainersPage</name>
    <message>
        <source>Filter by name, image or state</source>
        <translation>按名称、镜像或状态筛选</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>&amp;Filter Containers</source>
        <translation>筛选容器(&amp;F)</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>按关键词缩小列表范围</translation>
    </message>
    <message>
        <source>Show &amp;Logs</source>
        <translation>显示日志(&amp;L)</translation>
    </message>
    <message>
        <source>Read the container&apos;s lines in Explore</source>
        <translation>在“探索”中查看该容器的日志行</translation>
    </message>
    <message>
        <source>&amp;Copy Id</source>
        <translation>复制 ID(&amp;C)</translation>
    </message>
    <message>
        <source>Copy the container&apos;s id</source>
        <translation>复制该容器的 ID</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Docker cannot be reached</source>
        <translation>无法连接 Docker</translation>
    </message>
    <message>
        <source>No containers</source>
        <translation>没有容器</translation>
    </message>
    <message>
        <source>Containers appear here as soon as Docker starts one, and their logs are read from the first line on.</source>
        <translation>Docker 启动容器后会立即显示在这里，并从第一行开始读取其日志。</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>启动时间</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>重启次数</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Logs of the &amp;Service</source>
        <translation>服务日志(&amp;S)</translation>
    </message>
    <message>
        <source>Read the lines of all containers of the same service</source>
        <translation>查看同一服务的所有容器的日志行</translation>
    </message>
    <message>
        <source>No container selected</source>
        <translation>未选择容器</translation>
    </message>
    <message>
        <source>%1, ended %2</source>
        <translation>%1，结束于 %2</translation>
    </message>
    <message>
        <source>followed; lines read since Belvedere started: %1</source>
        <translation>正在跟踪；Belvedere 启动以来读取的行数：%1</translation>
    </message>
    <message>
        <source>not followed</source>
        <translation>未跟踪</translation>
    </message>
    <message>
        <source>Its logs are not read: %1</source>
        <translation>未读取其日志：%1</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::DashboardView</name>
    <message>
        <source>&amp;View Large</source>
        <translation>放大查看(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>编辑(&amp;E)…</translation>
    </message>
    <message>
        <source>E&amp;xplore</source>
        <translation>探索(&amp;X)</translation>
    </message>
    <message>
        <source>&amp;Inspect Query…</source>
        <translation>检查查询(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Duplicate</source>
        <translation>复制面板(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>移除(&amp;R)</translation>
    </message>
    <message>
        <source>open row</source>
        <translation>展开行</translation>
    </message>
    <message>
        <source>fold row</source>
        <translation>折叠行</translation>
    </message>
    <message>
        <source>duplicate panel</source>
        <translation>复制面板</translation>
    </message>
    <message>
        <source>remove panel</source>
        <translation>移除面板</translation>
    </message>
    <message>
        <source>New panel</source>
        <translation>新面板</translation>
    </message>
    <message>
        <source>add panel</source>
        <translation>添加面板</translation>
    </message>
    <message>
        <source>edit panel</source>
        <translation>编辑面板</translation>
    </message>
    <message>
        <source>move panel</source>
        <translation>移动面板</translation>
    </message>
    <message>
        <source>resize panel</source>
        <translation>调整面板大小</translation>
    </message>
    <message>
        <source>instant, %1 ms</source>
        <translation>即时，%1 毫秒</translation>
    </message>
    <message>
        <source>step %1 s, %2 ms</source>
        <translation>步长 %1 秒，%2 毫秒</translation>
    </message>
    <message>
        <source>This panel has no queries.</source>
        <translation>此面板没有查询。</translation>
    </message>
    <message>
        <source>Queries of “%1”</source>
        <translation>“%1”的查询</translation>
    </message>
    <message>
        <source>rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Some queries had no answer after %1 s.</source>
        <translation>部分查询在 %1 秒后仍无结果。</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::DashboardsPage</name>
    <message>
        <source>All &amp;Dashboards</source>
        <translation>所有仪表盘(&amp;D)</translation>
    </message>
    <message>
        <source>Back to the list of dashboards</source>
        <translation>返回仪表盘列表</translation>
    </message>
    <message>
        <source>&amp;New Dashboard</source>
        <translation>新建仪表盘(&amp;N)</translation>
    </message>
    <message>
        <source>Start an empty dashboard</source>
        <translation>创建空白仪表盘</translation>
    </message>
    <message>
        <source>&amp;Open File…</source>
        <translation>打开文件(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a dashboard that Grafana exported</source>
        <translation>打开从 Grafana 导出的仪表盘</translation>
    </message>
    <message>
        <source>&amp;Edit Layout</source>
        <translation>编辑布局(&amp;E)</translation>
    </message>
    <message>
        <source>Move and resize panels with the mouse or the arrow keys</source>
        <translation>用鼠标或方向键移动面板和调整大小</translation>
    </message>
    <message>
        <source>&amp;Add Panel…</source>
        <translation>添加面板(&amp;A)…</translation>
    </message>
    <message>
        <source>Add a panel at the end</source>
        <translation>在末尾添加面板</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Take the last change back</source>
        <translation>撤销上一次更改</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Do the change again</source>
        <translation>重做该更改</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save as Grafana JSON</source>
        <translation>保存为 Grafana JSON</translation>
    </message>
    <message>
        <source>Save &amp;As…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>Save a copy as Grafana JSON</source>
        <translation>将副本保存为 Grafana JSON</translation>
    </message>
    <message>
        <source>Import &amp;Report…</source>
        <translation>导入报告(&amp;R)…</translation>
    </message>
    <message>
        <source>What was changed, guessed or left out when the file was opened</source>
        <translation>打开文件时更改、推测或略去了哪些内容</translation>
    </message>
    <message>
        <source>New dashboard</source>
        <translation>新仪表盘</translation>
    </message>
    <message>
        <source>Open Dashboard</source>
        <translation>打开仪表盘</translation>
    </message>
    <message>
        <source>Dashboards (*.json)</source>
        <translation>仪表盘 (*.json)</translation>
    </message>
    <message>
        <source>Filter dashboards</source>
        <translation>筛选仪表盘</translation>
    </message>
    <message>
        <source>Dashboards</source>
        <translation>仪表盘</translation>
    </message>
    <message>
        <source>There are no dashboards yet. Open a file that Grafana exported, start a new one, or put JSON files into
%1</source>
        <translation>还没有仪表盘。请打开从 Grafana 导出的文件、新建一个，或将 JSON 文件放入
%1</translation>
    </message>
    <message>
        <source>The dashboard could not be opened: %1</source>
        <translation>无法打开仪表盘：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s) of this dashboard are kept but not shown.</source>
        <translation>
            <numerusform>此仪表盘有 %n 个部分已保留但未显示。</numerusform>
        </translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>撤销(&amp;U)：%1</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>重做(&amp;R)：%1</translation>
    </message>
    <message>
        <source>Save Dashboard</source>
        <translation>保存仪表盘</translation>
    </message>
    <message>
        <source>The dashboard was not saved: %1. It is still open; save it elsewhere.</source>
        <translation>仪表盘未能保存：%1。它仍处于打开状态，请保存到其他位置。</translation>
    </message>
    <message>
        <source>Kept, not shown</source>
        <translation>已保留，未显示</translation>
    </message>
    <message>
        <source>Guessed</source>
        <translation>推测</translation>
    </message>
    <message>
        <source>Brought up to date</source>
        <translation>已升级</translation>
    </message>
    <message>
        <source>Import Report</source>
        <translation>导入报告</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>仪表盘</translation>
    </message>
    <message>
        <source>Rena&amp;me…</source>
        <translation>重命名(&amp;M)…</translation>
    </message>
    <message>
        <source>Give the dashboard another title</source>
        <translation>为仪表板另起标题</translation>
    </message>
    <message>
        <source>Unsaved Changes</source>
        <translation>未保存的更改</translation>
    </message>
    <message>
        <source>“%1” has changes that are not saved.</source>
        <translation>“%1”有未保存的更改。</translation>
    </message>
    <message>
        <source>Rename Dashboard</source>
        <translation>重命名仪表板</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Choose the dashboard that gets the panel “%1”, or start a new one.</source>
        <translation>请选择接收面板“%1”的仪表板，或新建一个。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Add a Panel</source>
        <translation>添加面板</translation>
    </message>
    <message>
        <source>shipped</source>
        <extracomment>a dashboard that came with the program</extracomment>
        <translation>随附</translation>
    </message>
    <message numerus="yes">
        <source>%n panel(s)</source>
        <translation>
            <numerusform>%n 个面板</numerusform>
        </translation>
    </message>
    <message>
        <source>No dashboard has these words in its title, description or tags.</source>
        <translation>没有仪表板的标题、说明或标签包含这些词。</translation>
    </message>
    <message>
        <source>&amp;Filter Dashboards</source>
        <translation>筛选仪表盘(&amp;F)</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>按关键词缩小列表范围</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ExplorePage</name>
    <message>
        <source>&amp;Metrics</source>
        <translation>指标(&amp;M)</translation>
    </message>
    <message>
        <source>Ask in PromQL</source>
        <translation>用 PromQL 查询</translation>
    </message>
    <message>
        <source>&amp;Logs</source>
        <translation>日志(&amp;L)</translation>
    </message>
    <message>
        <source>Ask in LogQL</source>
        <translation>用 LogQL 查询</translation>
    </message>
    <message>
        <source>&amp;Run Query</source>
        <translation>运行查询(&amp;R)</translation>
    </message>
    <message>
        <source>Run the query</source>
        <translation>运行该查询</translation>
    </message>
    <message>
        <source>&amp;Stop Query</source>
        <translation>停止查询(&amp;S)</translation>
    </message>
    <message>
        <source>Cancel this page&apos;s query</source>
        <translation>取消此页面的查询</translation>
    </message>
    <message>
        <source>&amp;Edit Query</source>
        <translation>编辑查询(&amp;E)</translation>
    </message>
    <message>
        <source>Go to the query</source>
        <translation>转到查询</translation>
    </message>
    <message>
        <source>&amp;Complete</source>
        <translation>补全(&amp;C)</translation>
    </message>
    <message>
        <source>Offer metrics, labels, values and functions</source>
        <translation>提示指标、标签、值和函数</translation>
    </message>
    <message>
        <source>Line &amp;Details</source>
        <translation>日志行详情(&amp;D)</translation>
    </message>
    <message>
        <source>Show all of the chosen log line</source>
        <translation>显示所选日志行的全部内容</translation>
    </message>
    <message>
        <source>C&amp;opy Result</source>
        <translation>复制结果(&amp;O)</translation>
    </message>
    <message>
        <source>Copy what is shown as text</source>
        <translation>将显示内容复制为文本</translation>
    </message>
    <message>
        <source>Data source</source>
        <translation>数据源</translation>
    </message>
    <message>
        <source>Where the query runs</source>
        <translation>查询在何处运行</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Log lines over time</source>
        <translation>日志行随时间的分布</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>This workspace</source>
        <translation>此工作区</translation>
    </message>
    <message>
        <source>There is no data source for this language</source>
        <translation>没有适用于此查询语言的数据源</translation>
    </message>
    <message>
        <source>The workspace&apos;s own stores appear here by themselves; remote ones are named in workspace.yml.</source>
        <translation>工作区自身的存储会自动显示在这里；远程数据源在 workspace.yml 中指定。</translation>
    </message>
    <message>
        <source>Running the query…</source>
        <translation>正在运行查询…</translation>
    </message>
    <message>
        <source>%1 series · %2 samples · step %3 · %4</source>
        <translation>%1 个序列 · %2 个样本 · 步长 %3 · %4</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到任何内容</translation>
    </message>
    <message>
        <source>No series match in %1. The range may be too short, or a label may be misspelt; Ctrl+Space in the query offers what there is.</source>
        <translation>在%1内没有匹配的序列。可能是时间范围太短，或标签拼写有误；在查询框中按 Ctrl+空格可查看现有内容。</translation>
    </message>
    <message>
        <source>Look at Twice the Range</source>
        <translation>查看两倍时间范围</translation>
    </message>
    <message>
        <source>No lines</source>
        <translation>没有日志行</translation>
    </message>
    <message>
        <source>No line in %1 passes the query.</source>
        <translation>在%1内没有符合查询的日志行。</translation>
    </message>
    <message>
        <source>The newest %1 lines are shown; there are more in the range. Zoom in to see them, or narrow the query.</source>
        <translation>仅显示最新的 %1 行；该时间范围内还有更多。请缩小时间范围或收窄查询。</translation>
    </message>
    <message>
        <source>The answer is not complete: %1</source>
        <translation>结果不完整：%1</translation>
    </message>
    <message>
        <source>The query was stopped.</source>
        <translation>查询已停止。</translation>
    </message>
    <message>
        <source>Run Again</source>
        <translation>重新运行</translation>
    </message>
    <message>
        <source>%1. What is shown below is the answer before.</source>
        <translation>%1。下方显示的是上一次的结果。</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The query failed</source>
        <translation>查询失败</translation>
    </message>
    <message>
        <source>Ask your metrics</source>
        <translation>查询您的指标</translation>
    </message>
    <message>
        <source>Type an expression, for example  rate(http_requests_total[5m]).  Ctrl+Space offers metrics, labels, values and functions; drag over the graph to zoom.</source>
        <translation>输入表达式，例如  rate(http_requests_total[5m])。  按 Ctrl+空格可提示指标、标签、值和函数；在图表上拖动可缩放。</translation>
    </message>
    <message>
        <source>Show Which Targets Are Up</source>
        <translation>显示哪些目标在线</translation>
    </message>
    <message>
        <source>Ask your logs</source>
        <translation>查询您的日志</translation>
    </message>
    <message>
        <source>Begin with a selector, for example  {compose_service=&quot;api&quot;} |= &quot;error&quot;.  Live, in the bar above, follows what is written.</source>
        <translation>以选择器开头，例如  {compose_service=&quot;api&quot;} |= &quot;error&quot;。  上方工具栏中的“实时”会跟踪新写入的日志。</translation>
    </message>
    <message>
        <source>Show Every Container&apos;s Lines</source>
        <translation>显示所有容器的日志行</translation>
    </message>
    <message>
        <source>The live tail could not begin: %1</source>
        <translation>无法开始实时跟踪：%1</translation>
    </message>
    <message>
        <source>Lines that came too quickly to be shown live: %1. They are in the store.</source>
        <translation>因到达过快而未实时显示的行数：%1。它们已保存在存储中。</translation>
    </message>
    <message>
        <source>Live · %1 lines shown</source>
        <translation>实时 · 已显示 %1 行</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>探索</translation>
    </message>
    <message>
        <source>&amp;Add to Dashboard…</source>
        <translation>添加到仪表板(&amp;A)…</translation>
    </message>
    <message>
        <source>Make a panel of this query</source>
        <translation>将此查询制成面板</translation>
    </message>
    <message>
        <source>&amp;Pause Live Lines</source>
        <translation>暂停实时日志(&amp;P)</translation>
    </message>
    <message>
        <source>Hold the lines that arrive back until you go on</source>
        <translation>在继续之前暂存到达的日志行</translation>
    </message>
    <message>
        <source>&amp;Go On Live</source>
        <translation>继续实时(&amp;G)</translation>
    </message>
    <message>
        <source>Paused · %1 lines wait</source>
        <translation>已暂停 · %1 行等待中</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>历史(&amp;H)</translation>
    </message>
    <message>
        <source>Queries that were run before</source>
        <translation>以前运行过的查询</translation>
    </message>
    <message>
        <source>Queries that were run before; Ctrl+Up in the query goes through them</source>
        <translation>以前运行过的查询；在查询中按 Ctrl+↑ 逐条翻看</translation>
    </message>
    <message numerus="yes">
        <source>%Ln line(s)</source>
        <translation>
            <numerusform>%Ln 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln stream(s)</source>
        <translation>
            <numerusform>%Ln 个流</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::FiringSpans</name>
    <message>
        <source>%1 fired</source>
        <extracomment>An alert&apos;s name, and what it is about</extracomment>
        <translation>%1 已触发</translation>
    </message>
    <message>
        <source>%1 fired: %2</source>
        <translation>%1 已触发：%2</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::FirstSteps</name>
    <message>
        <source>Containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Metrics of your programs</source>
        <translation>您的程序的指标</translation>
    </message>
    <message>
        <source>Edit Workspace File</source>
        <translation>编辑工作区文件</translation>
    </message>
    <message>
        <source>Alert rules</source>
        <translation>告警规则</translation>
    </message>
    <message>
        <source>Add Shipped Rules</source>
        <translation>添加自带规则</translation>
    </message>
    <message>
        <source>Nothing at hand?</source>
        <translation>手头没有可观察的服务？</translation>
    </message>
    <message>
        <source>Show the Demo</source>
        <translation>查看演示</translation>
    </message>
    <message>
        <source>A small stack of pretend services, with an incident every few minutes, opens in a window of its own and leaves nothing behind.</source>
        <translation>一组模拟服务会在单独的窗口中打开，每隔几分钟发生一次故障，关闭后不留下任何数据。</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>入门步骤</translation>
    </message>
    <message>
        <source>Docker is connected. Every container appears here as soon as it runs, and its logs are kept.</source>
        <translation>Docker 已连接。容器一旦运行就会出现在这里，其日志会被保存。</translation>
    </message>
    <message>
        <source>Name the addresses that answer with metrics under scrape_configs in %1, in the words of prometheus.yml. It is read again when it is saved.</source>
        <translation>请在 %1 的 scrape_configs 下写明提供指标的地址，写法与 prometheus.yml 相同。文件保存后会自动重新读取。</translation>
    </message>
    <message>
        <source>There are rules; the page Alerts shows them.</source>
        <translation>已有规则，可在“告警”页查看。</translation>
    </message>
    <message>
        <source>Rules for HTTP services, Celery, PostgreSQL, Redis, Kafka and machines come with Belvedere. They become files of the workspace, to be changed at will.</source>
        <translation>Belvedere 自带针对 HTTP 服务、Celery、PostgreSQL、Redis、Kafka 和主机的规则。它们会成为工作区中的文件，可随意修改。</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LabelChips</name>
    <message>
        <source>Copy “%1”</source>
        <translation>复制“%1”</translation>
    </message>
    <message>
        <source>Copy All</source>
        <translation>全部复制</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LabelsModel</name>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>After relabelling</source>
        <translation>重新标记后</translation>
    </message>
    <message>
        <source>Before relabelling</source>
        <translation>重新标记前</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendList</name>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendModel</name>
    <message>
        <source>Series</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendTable</name>
    <message>
        <source>Legend</source>
        <translation>图例</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LinesView</name>
    <message>
        <source>Log lines</source>
        <translation>日志行</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogDetails</name>
    <message>
        <source>Labels of the line</source>
        <translation>该行的标签</translation>
    </message>
    <message>
        <source>The whole line</source>
        <translation>整行内容</translation>
    </message>
    <message>
        <source>Only Lines with This Value</source>
        <translation>仅含此值的行</translation>
    </message>
    <message>
        <source>No Lines with This Value</source>
        <translation>排除含此值的行</translation>
    </message>
    <message>
        <source>Copy Value</source>
        <translation>复制值</translation>
    </message>
    <message>
        <source>Choose a line to see all of it</source>
        <translation>选择一行以查看全部内容</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogDetailsModel</name>
    <message>
        <source>Stream label</source>
        <translation>流标签</translation>
    </message>
    <message>
        <source>Structured metadata</source>
        <translation>结构化元数据</translation>
    </message>
    <message>
        <source>Parsed from the line</source>
        <translation>从日志行解析</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Only lines with %1 = %2</source>
        <translation>仅 %1 = %2 的行</translation>
    </message>
    <message>
        <source>No lines with %1 = %2</source>
        <translation>排除 %1 = %2 的行</translation>
    </message>
    <message>
        <source>Field of the line</source>
        <translation>日志行的字段</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogLevel</name>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>trace</source>
        <translation>trace</translation>
    </message>
    <message>
        <source>debug</source>
        <translation>debug</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>warn</source>
        <translation>warn</translation>
    </message>
    <message>
        <source>error</source>
        <translation>error</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>critical</translation>
    </message>
    <message>
        <source>fatal</source>
        <translation>致命</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogList</name>
    <message>
        <source>Log lines</source>
        <translation>日志行</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::MainWindow</name>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>&amp;Find Anything…</source>
        <translation>查找任意内容(&amp;F)…</translation>
    </message>
    <message>
        <source>Find pages, actions, dashboards and metrics</source>
        <translation>查找页面、操作、仪表盘和指标</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Narrow &amp;Side Bar</source>
        <translation>收窄侧边栏(&amp;S)</translation>
    </message>
    <message>
        <source>Show only icons in the side bar</source>
        <translation>侧边栏仅显示图标</translation>
    </message>
    <message>
        <source>&amp;Full Screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>Use the whole screen</source>
        <translation>使用整个屏幕</translation>
    </message>
    <message>
        <source>Switch Light and &amp;Dark</source>
        <translation>切换浅色和深色(&amp;D)</translation>
    </message>
    <message>
        <source>Change between the light and the dark look</source>
        <translation>在浅色和深色外观之间切换</translation>
    </message>
    <message>
        <source>&amp;Time Range…</source>
        <translation>时间范围(&amp;T)…</translation>
    </message>
    <message>
        <source>Choose the time range of all pages</source>
        <translation>选择所有页面的时间范围</translation>
    </message>
    <message>
        <source>&amp;Back to Previous Range</source>
        <translation>返回上一个时间范围(&amp;B)</translation>
    </message>
    <message>
        <source>The time range before this one</source>
        <translation>此前的时间范围</translation>
    </message>
    <message>
        <source>&amp;Forward to Next Range</source>
        <translation>前进到下一个时间范围(&amp;F)</translation>
    </message>
    <message>
        <source>The time range after this one</source>
        <translation>此后的时间范围</translation>
    </message>
    <message>
        <source>&amp;Earlier by Half</source>
        <translation>提前一半(&amp;E)</translation>
    </message>
    <message>
        <source>Move the time range back by half of it</source>
        <translation>将时间范围向前移动其一半</translation>
    </message>
    <message>
        <source>&amp;Later by Half</source>
        <translation>推后一半(&amp;L)</translation>
    </message>
    <message>
        <source>Move the time range on by half of it</source>
        <translation>将时间范围向后移动其一半</translation>
    </message>
    <message>
        <source>Zoom &amp;Out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Twice the time range</source>
        <translation>时间范围加倍</translation>
    </message>
    <message>
        <source>&amp;Refresh Now</source>
        <translation>立即刷新(&amp;R)</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>重新查询</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Follow the clock: graphs move each second, logs are tailed</source>
        <translation>跟随时钟：图表每秒移动，日志持续跟踪</translation>
    </message>
    <message>
        <source>&amp;Stop Running Queries</source>
        <translation>停止正在运行的查询(&amp;S)</translation>
    </message>
    <message>
        <source>Cancel every query that runs</source>
        <translation>取消所有正在运行的查询</translation>
    </message>
    <message>
        <source>Show &amp;Problems</source>
        <translation>显示问题(&amp;P)</translation>
    </message>
    <message>
        <source>What is wrong and how to mend it</source>
        <translation>有哪些问题以及如何解决</translation>
    </message>
    <message>
        <source>&amp;Keyboard Shortcuts</source>
        <translation>键盘快捷键(&amp;K)</translation>
    </message>
    <message>
        <source>Every action with its keys</source>
        <translation>所有操作及其按键</translation>
    </message>
    <message>
        <source>&amp;About Belvedere</source>
        <translation>关于 Belvedere(&amp;A)</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>版本和许可证</translation>
    </message>
    <message>
        <source>Top bar</source>
        <translation>顶栏</translation>
    </message>
    <message>
        <source>Find anything    Ctrl+K</source>
        <translation>查找任意内容    Ctrl+K</translation>
    </message>
    <message>
        <source>Ask again (F5); how often, in the menu</source>
        <translation>重新查询 (F5)；频率在菜单中设置</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>外观(&amp;L)</translation>
    </message>
    <message>
        <source>As the &amp;System</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>D&amp;ensity</source>
        <translation>密度(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Comfortable</source>
        <translation>宽松(&amp;C)</translation>
    </message>
    <message>
        <source>C&amp;ompact</source>
        <translation>紧凑(&amp;O)</translation>
    </message>
    <message>
        <source>Series &amp;Colours</source>
        <translation>序列颜色(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Classic</source>
        <translation>经典(&amp;C)</translation>
    </message>
    <message>
        <source>Safe for Colour &amp;Blindness</source>
        <translation>色盲友好(&amp;B)</translation>
    </message>
    <message>
        <source>Refresh &amp;Every</source>
        <translation>刷新间隔(&amp;E)</translation>
    </message>
    <message>
        <source>Ask only when told to</source>
        <translation>仅在要求时查询</translation>
    </message>
    <message>
        <source>Ask again every %1</source>
        <translation>每 %1 重新查询</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Time</source>
        <translation>时间(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>页面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>转到%1</translation>
    </message>
    <message>
        <source>%1 – Belvedere (demo)</source>
        <translation>%1 – Belvedere（演示）</translation>
    </message>
    <message>
        <source>%1 – Belvedere</source>
        <translation>%1 – Belvedere</translation>
    </message>
    <message>
        <source>Time range: %1</source>
        <translation>时间范围：%1</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Keyboard Shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>About Belvedere</source>
        <translation>关于 Belvedere</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Belvedere %1&lt;/h3&gt;&lt;p&gt;An observability workbench for the desktop.&lt;/p&gt;&lt;p&gt;Workspace: %2&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Belvedere %1&lt;/h3&gt;&lt;p&gt;桌面可观测性工作台。&lt;/p&gt;&lt;p&gt;工作区：%2&lt;/p&gt;&lt;p&gt;基于 GNU 通用公共许可证第 3 版或更高版本的自由软件。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation>语言(&amp;G)</translation>
    </message>
    <message>
        <source>%1, from the next start on</source>
        <translation>%1，下次启动后生效</translation>
    </message>
    <message>
        <source>As the S&amp;ystem</source>
        <translation>跟随系统(&amp;Y)</translation>
    </message>
    <message>
        <source>Label of series</source>
        <translation>序列标签</translation>
    </message>
    <message>
        <source>Label of logs</source>
        <translation>日志标签</translation>
    </message>
    <message>
        <source>Firing Alerts in &amp;Graphs</source>
        <translation>在图表中显示触发的告警(&amp;G)</translation>
    </message>
    <message>
        <source>Shade the times at which alerts fired that watch the same metrics</source>
        <translation>为监视相同指标的告警触发时段加底色</translation>
    </message>
    <message>
        <source>Edit &amp;Workspace File</source>
        <translation>编辑工作区文件(&amp;W)</translation>
    </message>
    <message>
        <source>Open the file that says what is watched; it is read again when it is saved</source>
        <translation>打开说明观察对象的文件；保存后会自动重新读取</translation>
    </message>
    <message>
        <source>Open Workspace F&amp;older</source>
        <translation>打开工作区文件夹(&amp;O)</translation>
    </message>
    <message>
        <source>Show the workspace&apos;s dashboards, rules and data in the file manager</source>
        <translation>在文件管理器中显示工作区的仪表板、规则和数据</translation>
    </message>
    <message>
        <source>Add Shipped Alert &amp;Rules</source>
        <translation>添加自带告警规则(&amp;R)</translation>
    </message>
    <message>
        <source>Copy the rules that come with Belvedere to the workspace&apos;s</source>
        <translation>将 Belvedere 自带的规则复制到工作区</translation>
    </message>
    <message>
        <source>Show the &amp;Demo</source>
        <translation>查看演示(&amp;D)</translation>
    </message>
    <message>
        <source>Open a window on a small stack of pretend services</source>
        <translation>打开一个展示小型模拟服务栈的窗口</translation>
    </message>
    <message>
        <source>The rules were not added</source>
        <translation>规则未能添加</translation>
    </message>
    <message>
        <source>The demo does not start</source>
        <translation>演示无法启动</translation>
    </message>
    <message>
        <source>Start it from a terminal, to see why: %1</source>
        <translation>请在终端中启动以查看原因：%1</translation>
    </message>
    <message>
        <source>No program opens it</source>
        <translation>没有可打开它的程序</translation>
    </message>
    <message>
        <source>The path is on the clipboard now: %1</source>
        <translation>路径已复制到剪贴板：%1</translation>
    </message>
    <message>
        <source>Filter by action or keys</source>
        <translation>按操作或按键筛选</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::MetricResults</name>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>All have %1</source>
        <translation>均包含 %1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::OverviewPage</name>
    <message>
        <source>Try Again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>All is well</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>Services that need attention: %1</source>
        <translation>需要关注的服务：%1</translation>
    </message>
    <message>
        <source>Alerts firing: %1</source>
        <translation>触发中的告警：%1</translation>
    </message>
    <message>
        <source>services: %1 · critical: %2 · with warnings: %3 · alerts firing: %4</source>
        <translation>服务：%1 · 严重：%2 · 警告：%3 · 触发中的告警：%4</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Recent alerts</source>
        <translation>最近的告警</translation>
    </message>
    <message>
        <source>No alert has fired in this workspace.</source>
        <translation>此工作区中尚未触发过告警。</translation>
    </message>
    <message>
        <source>Some figures are missing: %1</source>
        <translation>缺少部分数据：%1</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>No service is watched yet</source>
        <translation>尚未观察任何服务</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PaintedView</name>
    <message>
        <source>No data</source>
        <translation>无数据</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PanelEditor</name>
    <message>
        <source>Edit Panel</source>
        <translation>编辑面板</translation>
    </message>
    <message>
        <source>Time series</source>
        <translation>时间序列</translation>
    </message>
    <message>
        <source>Stat</source>
        <translation>统计值</translation>
    </message>
    <message>
        <source>Gauge</source>
        <translation>仪表</translation>
    </message>
    <message>
        <source>Bar gauge</source>
        <translation>条形仪表</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>标题(&amp;T)</translation>
    </message>
    <message>
        <source>T&amp;ype</source>
        <translation>类型(&amp;Y)</translation>
    </message>
    <message>
        <source>&amp;Unit</source>
        <translation>单位(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Add Query</source>
        <translation>添加查询(&amp;A)</translation>
    </message>
    <message>
        <source>Legend, like {{instance}}</source>
        <translation>图例，例如 {{instance}}</translation>
    </message>
    <message>
        <source>Remove this query</source>
        <translation>移除此查询</translation>
    </message>
    <message>
        <source>Query %1</source>
        <translation>查询 %1</translation>
    </message>
    <message>
        <source>Legend of query %1</source>
        <translation>查询 %1 的图例</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>应用(&amp;A)</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Hidden</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>普通</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100%</translation>
    </message>
    <message>
        <source>Data &amp;source</source>
        <translation>数据源(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Decimals</source>
        <translation>小数位数(&amp;D)</translation>
    </message>
    <message>
        <source>Mi&amp;n</source>
        <translation>最小值(&amp;N)</translation>
    </message>
    <message>
        <source>Ma&amp;x</source>
        <translation>最大值(&amp;X)</translation>
    </message>
    <message>
        <source>&amp;Legend</source>
        <translation>图例(&amp;L)</translation>
    </message>
    <message>
        <source>Stac&amp;king</source>
        <translation>堆叠(&amp;K)</translation>
    </message>
    <message>
        <source>Unsaved Changes</source>
        <translation>未保存的更改</translation>
    </message>
    <message>
        <source>What you changed in this panel has not been applied.</source>
        <translation>您在此面板中所做的更改尚未应用。</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PanelFrame</name>
    <message>
        <source>Panel menu</source>
        <translation>面板菜单</translation>
    </message>
    <message>
        <source>loading…</source>
        <translation>加载中…</translation>
    </message>
    <message>
        <source>No data in this time range</source>
        <translation>此时间范围内无数据</translation>
    </message>
    <message>
        <source>%1
Click to try again.</source>
        <translation>%1
单击重试。</translation>
    </message>
    <message>
        <source>failed, older data</source>
        <translation>失败，显示旧数据</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>partial</source>
        <translation>不完整</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PlaceholderView</name>
    <message>
        <source>This panel is of the type “%1”, which is not drawn here. Its settings are kept and saved unchanged.</source>
        <extracomment>%1 is Grafana&apos;s name of a panel type, such as geomap</extracomment>
        <translation>此面板的类型为“%1”，此处不予绘制。其设置会被保留并原样保存。</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::QueryEditor</name>
    <message>
        <source>Completions</source>
        <translation>补全建议</translation>
    </message>
    <message>
        <source>A PromQL expression, such as  sum by (job) (rate(http_requests_total[5m]))   –   Enter runs it, Ctrl+Space completes</source>
        <translation>PromQL 表达式，例如  sum by (job) (rate(http_requests_total[5m]))   –   按 Enter 运行，按 Ctrl+空格补全</translation>
    </message>
    <message>
        <source>A LogQL query, such as  {compose_service=&quot;api&quot;} |= &quot;error&quot;   –   Enter runs it, Ctrl+Space completes</source>
        <translation>LogQL 查询，例如  {compose_service=&quot;api&quot;} |= &quot;error&quot;   –   按 Enter 运行，按 Ctrl+空格补全</translation>
    </message>
    <message>
        <source>PromQL query</source>
        <translation>PromQL 查询</translation>
    </message>
    <message>
        <source>LogQL query</source>
        <translation>LogQL 查询</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RecentAlerts</name>
    <message>
        <source>Recent alerts</source>
        <translation>最近的告警</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ResultTableModel</name>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RowHeader</name>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n panel(s))</source>
        <extracomment>a folded row of a dashboard and how many panels are in it</extracomment>
        <translation>
            <numerusform>%1（%n 个面板）</numerusform>
        </translation>
    </message>
    <message>
        <source>Open the row</source>
        <translation>展开该行</translation>
    </message>
    <message>
        <source>Fold the row</source>
        <translation>折叠该行</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RulesModel</name>
    <message>
        <source>%1 failing</source>
        <translation>%1 条出错</translation>
    </message>
    <message>
        <source>rules: %1</source>
        <translation>规则：%1</translation>
    </message>
    <message>
        <source>%1, every %2</source>
        <translation>%1，每 %2</translation>
    </message>
    <message>
        <source>Failing</source>
        <translation>出错</translation>
    </message>
    <message>
        <source>Not yet evaluated</source>
        <translation>尚未评估</translation>
    </message>
    <message>
        <source>Records</source>
        <translation>记录中</translation>
    </message>
    <message>
        <source>Firing</source>
        <translation>触发中</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Inactive</source>
        <translation>未激活</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>表达式</translation>
    </message>
    <message>
        <source>Evaluated</source>
        <translation>评估时间</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::SeriesView</name>
    <message>
        <source>Series</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ServiceHealth</name>
    <message>
        <source>targets down: %1</source>
        <translation>离线目标：%1</translation>
    </message>
    <message>
        <source>log lines/s</source>
        <translation>日志行/秒</translation>
    </message>
    <message>
        <source>log errors</source>
        <translation>日志错误</translation>
    </message>
    <message>
        <source>container %1</source>
        <translation>容器 %1</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>a figure and its value: &quot;errors 12 %&quot;</extracomment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ServiceKind</name>
    <message>
        <source>requests/s</source>
        <translation>请求/秒</translation>
    </message>
    <message>
        <source>errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>in progress</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>tasks/s</source>
        <translation>任务/秒</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>workers up</source>
        <translation>在线 Worker</translation>
    </message>
    <message>
        <source>retried/s</source>
        <translation>重试/秒</translation>
    </message>
    <message>
        <source>lag</source>
        <translation>积压</translation>
    </message>
    <message>
        <source>written/s</source>
        <translation>写入/秒</translation>
    </message>
    <message>
        <source>read/s</source>
        <translation>读取/秒</translation>
    </message>
    <message>
        <source>brokers</source>
        <translation>Broker</translation>
    </message>
    <message>
        <source>published/s</source>
        <translation>发布/秒</translation>
    </message>
    <message>
        <source>unacknowledged</source>
        <translation>未确认</translation>
    </message>
    <message>
        <source>consumers</source>
        <translation>消费者</translation>
    </message>
    <message>
        <source>tx/s</source>
        <translation>事务/s</translation>
    </message>
    <message>
        <source>connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>cache hits</source>
        <translation>缓存命中</translation>
    </message>
    <message>
        <source>longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>queries/s</source>
        <translation>查询/秒</translation>
    </message>
    <message>
        <source>slow/s</source>
        <translation>慢查询/秒</translation>
    </message>
    <message>
        <source>commands/s</source>
        <translation>命令/秒</translation>
    </message>
    <message>
        <source>clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>evicted/s</source>
        <translation>驱逐/秒</translation>
    </message>
    <message>
        <source>dropped/s</source>
        <translation>丢弃/秒</translation>
    </message>
    <message>
        <source>machine</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>fullest disk</source>
        <translation>最满的磁盘</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>this program</source>
        <translation>本程序</translation>
    </message>
    <message>
        <source>samples/s</source>
        <translation>样本/秒</translation>
    </message>
    <message>
        <source>lines/s</source>
        <translation>行/秒</translation>
    </message>
    <message>
        <source>series</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>open files</source>
        <translation>打开的文件</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>answers in</source>
        <translation>响应时间</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ServiceTile</name>
    <message>
        <source>container %1</source>
        <translation>容器 %1</translation>
    </message>
    <message>
        <source>%1 containers, %2</source>
        <translation>%1 个容器，%2</translation>
    </message>
    <message>
        <source>targets up %1 of %2</source>
        <translation>在线目标 %1 / %2</translation>
    </message>
    <message>
        <source>The marks below: up, alerts and failures over the time range</source>
        <translation>下方标记：时间范围内的在线状态、告警和故障</translation>
    </message>
    <message>
        <source>Click: what is behind it. Right click: targets, containers, logs, metrics</source>
        <translation>单击：查看详情。右键单击：目标、容器、日志、指标</translation>
    </message>
    <message>
        <source>Firing &amp;Alerts</source>
        <translation>触发中的告警(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Dashboard</source>
        <translation>仪表盘(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Metrics in Explore</source>
        <translation>在探索中查看指标(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Logs</source>
        <translation>日志(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Targets</source>
        <translation>目标(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Containers</source>
        <translation>容器(&amp;C)</translation>
    </message>
    <message>
        <source>target up</source>
        <translation>目标在线</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>最多 %1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::SideBar</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Narrow or widen the side bar (Ctrl+B)</source>
        <translation>收窄或展开侧边栏 (Ctrl+B)</translation>
    </message>
    <message>
        <source>Narrow or widen the side bar</source>
        <translation>收窄或展开侧边栏</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::SideBarEntry</name>
    <message>
        <source>need attention: %1</source>
        <translation>需要关注：%1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::StatusBar</name>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>No problems</source>
        <translation>没有问题</translation>
    </message>
    <message>
        <source>Problems: %1</source>
        <translation>问题：%1</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Samples that arrive each second</source>
        <translation>每秒到达的样本数</translation>
    </message>
    <message>
        <source>Log lines that arrive each second</source>
        <translation>每秒到达的日志行数</translation>
    </message>
    <message>
        <source>Series in the metrics store; bytes of metrics and logs on disk</source>
        <translation>指标存储中的序列数；指标和日志占用的磁盘字节数</translation>
    </message>
    <message>
        <source>Room left where the workspace lies</source>
        <translation>工作区所在磁盘的剩余空间</translation>
    </message>
    <message>
        <source>Stop the queries that run</source>
        <translation>停止正在运行的查询</translation>
    </message>
    <message>
        <source>%1 samples/s</source>
        <translation>%1 样本/秒</translation>
    </message>
    <message>
        <source>%1 lines/s</source>
        <translation>%1 行/秒</translation>
    </message>
    <message>
        <source>%1 series · %2 metrics · %3 logs</source>
        <translation>%1 个序列 · 指标 %2 · 日志 %3</translation>
    </message>
    <message>
        <source>Disk low: %1 left</source>
        <translation>磁盘空间不足：剩余 %1</translation>
    </message>
    <message>
        <source>%1 left on disk</source>
        <translation>磁盘剩余 %1</translation>
    </message>
    <message>
        <source>What a person should know of and can mend</source>
        <translation>需要了解并可以解决的事项</translation>
    </message>
    <message>
        <source>Dropped since the start: %1 samples, %2 lines</source>
        <translation>启动以来丢弃：%1 个样本，%2 行</translation>
    </message>
    <message>
        <source>Queries running: %1</source>
        <translation>正在运行的查询：%1</translation>
    </message>
    <message>
        <source>Idle</source>
        <translation>空闲</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TargetsModel</name>
    <message>
        <source>Up</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Not yet scraped</source>
        <translation>尚未抓取</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>已丢弃</translation>
    </message>
    <message>
        <source>Dropped by relabelling</source>
        <translation>被重新标记规则丢弃</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>端点</translation>
    </message>
    <message>
        <source>Last scrape</source>
        <translation>上次抓取</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本数</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TargetsPage</name>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>&amp;Filter Targets</source>
        <translation>筛选目标(&amp;F)</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>按关键词缩小列表范围</translation>
    </message>
    <message>
        <source>&amp;Explore Target</source>
        <translation>探索目标(&amp;E)</translation>
    </message>
    <message>
        <source>Look at the target&apos;s series in Explore</source>
        <translation>在“探索”中查看该目标的序列</translation>
    </message>
    <message>
        <source>&amp;Copy Endpoint</source>
        <translation>复制端点(&amp;C)</translation>
    </message>
    <message>
        <source>Copy the endpoint&apos;s address</source>
        <translation>复制该端点的地址</translation>
    </message>
    <message>
        <source>Filter by endpoint, label or error</source>
        <translation>按端点、标签或错误筛选</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>所有状态</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Not yet scraped</source>
        <translation>尚未抓取</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>已丢弃</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Labels before and after relabelling</source>
        <translation>重新标记前后的标签</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Nothing is scraped yet</source>
        <translation>还没有抓取任何内容</translation>
    </message>
    <message>
        <source>A target is an address that answers with metrics. Add a job under scrape_configs in %1/workspace.yml, in the words of prometheus.yml; it is read at once.</source>
        <translation>目标是返回指标的地址。请按 prometheus.yml 的写法在 %1/workspace.yml 的 scrape_configs 下添加作业，它会立即被读取。</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <extracomment>how many of a job&apos;s targets are up: &quot;2 / 3&quot;</extracomment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>All jobs</source>
        <translation>所有作业</translation>
    </message>
    <message>
        <source>No target selected</source>
        <translation>未选择目标</translation>
    </message>
    <message>
        <source>Relabelling dropped this target, so it is not scraped. Its labels as discovered are below.</source>
        <translation>重新标记规则丢弃了此目标，因此不会抓取它。其发现时的标签见下方。</translation>
    </message>
    <message>
        <source>every %1, time-out %2, last %3</source>
        <translation>每 %1，超时 %2，上次 %3</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Edit Workspace File</source>
        <translation>编辑工作区文件</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::Theme</name>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TimeContext</name>
    <message>
        <source>Last 5 minutes</source>
        <translation>最近 5 分钟</translation>
    </message>
    <message>
        <source>Last 15 minutes</source>
        <translation>最近 15 分钟</translation>
    </message>
    <message>
        <source>Last 30 minutes</source>
        <translation>最近 30 分钟</translation>
    </message>
    <message>
        <source>Last 1 hour</source>
        <translation>最近 1 小时</translation>
    </message>
    <message>
        <source>Last 3 hours</source>
        <translation>最近 3 小时</translation>
    </message>
    <message>
        <source>Last 6 hours</source>
        <translation>最近 6 小时</translation>
    </message>
    <message>
        <source>Last 12 hours</source>
        <translation>最近 12 小时</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>最近 24 小时</translation>
    </message>
    <message>
        <source>Last 2 days</source>
        <translation>最近 2 天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Today so far</source>
        <translation>今天到目前为止</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>This week so far</source>
        <translation>本周到目前为止</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TimeRangePicker</name>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Time range</source>
        <translation>时间范围</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>从(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation>到(&amp;T)</translation>
    </message>
    <message>
        <source>now-6h, now/d, 2025-11-21 10:30,
ISO 8601 or Unix seconds</source>
        <translation>now-6h、now/d、2025-11-21 10:30、
ISO 8601 或 Unix 秒</translation>
    </message>
    <message>
        <source>Quick ranges</source>
        <translation>快捷范围</translation>
    </message>
    <message>
        <source>This is not a time</source>
        <translation>这不是有效的时间</translation>
    </message>
    <message>
        <source>This is not after the beginning</source>
        <translation>结束时间不晚于开始时间</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TimeSeriesView</name>
    <message>
        <source>Graph</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Series: %1</source>
        <translation>序列：%1</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>以及另外 %1 个</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::VariablePicker</name>
    <message>
        <source>All</source>
        <extracomment>every value of a dashboard variable</extracomment>
        <translation>全部</translation>
    </message>
    <message>
        <source>auto</source>
        <extracomment>an interval that follows the time range</extracomment>
        <translation>自动</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>已选 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::format</name>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <extracomment>%1 is a duration such as &quot;12 s&quot;</extracomment>
        <translation>%1前</translation>
    </message>
</context>
</TS>
