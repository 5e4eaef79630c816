{# 面单, 100 × 150 mm at 8 dots a mm. T is the printer's Chinese font; heights and widths in dots. #}
{% for label in labels %}
^XA
^CI28
^CWT,{{ font }}
^PW800
^LL1200
^LH0,0
{# A long name is set smaller, a very long one ends in an ellipsis: the marks stand beside it. #}
{% set room = 528 if label.is_cod else 960 %}
{% set high = [48, [28, room // ((label.carrier | columns) or 1)] | max] | min %}
{% for line in label.carrier | wrapped(room // high, 1) %}
^FO28,32^ATN,{{ high }},{{ high }}^FH^FD{{ line }}^FS
{% endfor %}
{% set marks = ([words.cod ~ " " ~ label.collect] if label.is_cod else []) + ([label.box ~ "/" ~ label.boxes] if label.boxes > 1 else []) + [label.carrier_code] %}
{% set marks = marks | join("  ") %}
{# What is wider than its field would be printed over itself. #}
{% set high = [34, 944 // ((marks | columns) or 1)] | min %}
^FO300,40^ATN,{{ high }},{{ high }}^FB472,1,0,R^FH^FD{{ marks }}^FS
^FO0,112^GB800,3,3^FS
{% if label.bars %}
^BY{{ label.bars.module }}
^FO{{ label.bars.left }},136^BCN,140,N,N,N,A^FH^FD{{ label.bars.data }}^FS
{% endif %}
^FO28,290^ATN,38,38^FB744,1,0,C^FH^FD{{ label.number }}^FS
{% if not label.tracking_no %}
^FO28,330^ATN,22,22^FB744,1,0,C^FH^FD{{ words.no_waybill }}^FS
{% endif %}
^FO0,358^GB800,3,3^FS
^FO24,378^GB{{ words.receiver_short | columns * 24 + 16 }},60,60^FS
^FO32,384^ATN,48,48^FR^FH^FD{{ words.receiver_short }}^FS
{% for line in (label.receiver | called(26)) | wrapped(26, 1) %}
^FO116,382^ATN,50,50^FH^FD{{ line }}^FS
{% endfor %}
{% set lines = (label.receiver.region ~ " " ~ label.receiver.detail) | wrapped(32, 5) %}
{% for line in lines %}
^FO116,{{ 446 + loop.index0 * 48 }}^ATN,42,42^FH^FD{{ line }}^FS
{% endfor %}
^FO0,690^GB800,3,3^FS
^FO24,706^GB{{ words.sender_short | columns * 14 + 12 }},38,38^FS
^FO30,710^ATN,28,28^FR^FH^FD{{ words.sender_short }}^FS
{% for line in (label.sender | called(46)) | wrapped(46, 1) + (label.sender.region ~ " " ~ label.sender.detail) | wrapped(46, 2) %}
^FO116,{{ 706 + loop.index0 * 32 }}^ATN,28,28^FH^FD{{ line }}^FS
{% endfor %}
^FO0,808^GB800,3,3^FS
{% for goods in label.goods %}
^FO28,{{ 824 + loop.index0 * 38 }}^ATN,30,30^FH^FD{{ goods }}^FS
{% endfor %}
{% if label.goods_left_out %}
^FO28,{{ 824 + label.goods | length * 38 }}^ATN,26,26^FH^FD{{ words.and_more.replace("{}", label.goods_left_out | string) }}^FS
{% endif %}
^FO28,1056^ATN,36,36^FH^FD{{ words.unit_count.replace("{}", label.units | string) }}{% if label.weight_g %}{{ "   %.2f kg" | format(label.weight_g / 1000) }}{% endif %}^FS
^FO590,846^BQN,2,7^FH^FDMA,{{ label.fulfilment_no }}^FS
^FO0,1104^GB800,3,3^FS
{% set orders = words.order ~ " " ~ label.order_nos[:2] | join(" ") ~ (" …+" ~ (label.order_nos | length - 2) if label.order_nos | length > 2 else "") %}
{% set high = [26, [18, 1040 // (orders | columns)] | max] | min %}
{% for line in orders | wrapped(1040 // high, 1) %}
^FO28,1120^ATN,{{ high }},{{ high }}^FH^FD{{ line }}^FS
{% endfor %}
^FO520,1120^ATN,26,26^FB252,1,0,R^FH^FD{{ label.printed_at }}^FS
^FO28,1158^ATN,26,26^FH^FD{{ words.fulfilment }} {{ label.fulfilment_no }}^FS
^FO520,1158^ATN,26,26^FB252,1,0,R^FH^FD{% if label.times > 1 %}{{ words.times.replace("{}", label.times | string) }}{% else %}{{ label.shop | wrapped(19, 1) | join }}{% endif %}^FS
^PQ1
^XZ
{% endfor %}
